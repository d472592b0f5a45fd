/** `breakout tui`: its options and help. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { examples } from './examples.ts';

const ABOUT = `
\`?\` shows the keys, \`q\` leaves the view and nothing else. Where the output is no
terminal, one status is shown instead. NO_COLOR is honoured.`;

export function live(root: Command): void {
  root.commandsGroup('Looking:');
  root
    .command('tui')
    .description('a live view of all there is, with keys to pause, resume, stop, close and panic')
    .option('--read-only', 'binds no key that changes what is traded')
    .option('--no-color', 'no colours')
    .option('--ascii', 'draw with plain characters (default: where the locale is not UTF-8)')
    .option('--screen-reader', 'lines to be read aloud instead of a screen')
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples(['breakout tui', 'breakout tui --read-only --ascii']))
    .action(async (options, command) => {
      const { tui } = await import('../commands/tui.ts');
      await tui(root, contextOf(command), options);
    });
}
