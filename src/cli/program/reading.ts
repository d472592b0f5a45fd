/** The commands that look. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

export function reading(root: Command): void {
  root
    .command('status')
    .description('state, preset, positions, equity, latency')
    .addHelpText('after', examples(['breakout status', 'breakout status --json']))
    .action(async (_options, command) => {
      const { status } = await import('../commands/status.ts');
      await status(contextOf(command));
    });

  root
    .command('metrics')
    .description('counters, latency percentiles, R and money of the session')
    .addHelpText('after', examples(['breakout metrics']))
    .action(async (_options, command) => {
      const { metrics } = await import('../commands/metrics.ts');
      await metrics(contextOf(command));
    });

  root
    .command('commands')
    .description('what the engine would do now, and for the rest why not')
    .addHelpText('after', examples(['breakout commands']))
    .action(async (_options, command) => {
      const { commands } = await import('../commands/commands.ts');
      await commands(contextOf(command));
    });

  root
    .command('transitions')
    .description('state changes, oldest first')
    .option('--limit <n>', 'the newest n (default: 100)', parse.count)
    .option('--since <seq>', 'only those after this ordinal', parse.ordinal)
    .addHelpText('after', examples(['breakout transitions --limit 20']))
    .action(async (options, command) => {
      const { transitions } = await import('../commands/transitions.ts');
      await transitions(contextOf(command), options);
    });

  root
    .command('positions')
    .description('open positions with their protection')
    .addHelpText('after', examples(['breakout positions']))
    .action(async (_options, command) => {
      const { positions } = await import('../commands/positions.ts');
      await positions(contextOf(command));
    });

  root
    .command('trades')
    .description('finished trades of the running session, or of the last one')
    .addHelpText('after', examples(['breakout trades', 'breakout trades --json']))
    .action(async (_options, command) => {
      const { trades } = await import('../commands/trades.ts');
      await trades(contextOf(command));
    });

  root
    .command('events')
    .description('what happens, as it happens; Ctrl-C ends the view and nothing else')
    .option('--topics <list>', 'only these, with commas between: state,signal,trade', parse.words)
    .addHelpText('after', examples(['breakout events', 'breakout events --topics trade,halt --json']))
    .action(async (options, command) => {
      const { events } = await import('../commands/events.ts');
      await events(contextOf(command), options);
    });

  root
    .command('presets')
    .description('the presets there are, and what is wrong with those that cannot be used')
    .addHelpText('after', examples(['breakout presets']))
    .action(async (_options, command) => {
      const { presets } = await import('../commands/presets.ts');
      await presets(contextOf(command));
    });
}
