/** `breakout sessions`, `signals` and `equity`: their options and help. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

const NAMING =
  '\nA session is named by its id, by its number in the list, or not at all: then it\nis the running one, or the last one.\n';

const SESSIONS = examples([
  'breakout sessions',
  'breakout sessions show',
  'breakout sessions show 1 --preset',
  'breakout sessions checkpoints --limit 20',
]);

export function history(root: Command): void {
  root.commandsGroup('Looking:');
  const sessions = root
    .command('sessions')
    .description('what this daemon has run: by whom, with which preset, what came of it')
    .addHelpText('after', NAMING)
    .addHelpText('after', SESSIONS);

  sessions
    .command('list', { isDefault: true })
    .description('the sessions, newest first')
    .option('--limit <n>', 'the newest n (default: 20)', parse.count)
    .option('--before <n>', 'only those with a lower number', parse.count)
    .addHelpText('after', NAMING)
    .addHelpText('after', SESSIONS)
    .action(async (options, command) => {
      const { sessionsList } = await import('../commands/sessions.ts');
      await sessionsList(contextOf(command), options);
    });

  sessions
    .command('show')
    .description('one session whole')
    .argument('[session]', 'its id or its number (default: the running one, or the last one)')
    .option('--preset', 'the preset alone, as it was, fit for a file')
    .addHelpText('after', NAMING)
    .addHelpText('after', SESSIONS)
    .action(async (session, options, command) => {
      const { sessionsShow } = await import('../commands/sessions.ts');
      await sessionsShow(contextOf(command), session, options);
    });

  sessions
    .command('checkpoints')
    .description("its milestones, oldest first, each with the account's figures")
    .argument('[session]', 'its id or its number (default: the running one, or the last one)')
    .option('--limit <n>', 'the newest n (default: 100)', parse.count)
    .option('--since <seq>', 'only those after this ordinal', parse.ordinal)
    .addHelpText('after', NAMING)
    .addHelpText('after', SESSIONS)
    .action(async (session, options, command) => {
      const { sessionsCheckpoints } = await import('../commands/sessions.ts');
      await sessionsCheckpoints(contextOf(command), session, options);
    });

  root
    .command('signals')
    .description('the newest signals of the session, each with what became of it')
    .option('--limit <n>', 'the newest n (default: 100)', parse.count)
    .option('--symbol <symbol>', 'only of this one')
    .option('--since <id>', 'only those after this one', parse.ordinal)
    .addHelpText(
      'after',
      examples(['breakout signals', 'breakout signals --symbol SOLUSDT --limit 10 --json']),
    )
    .action(async (options, command) => {
      const { signals } = await import('../commands/signals.ts');
      await signals(contextOf(command), options);
    });

  root
    .command('equity')
    .description('equity over the session as a line, with its lowest, its highest and its deepest fall')
    .option('--since <time>', "only after this day or instant, in the venue's time", parse.instant)
    .option('--limit <n>', '--json: at most so many points (default: 500)', parse.count)
    .option('--ascii', 'draw with plain characters (default: where the locale is not UTF-8)')
    .addHelpText(
      'after',
      examples([
        'breakout equity',
        'breakout equity --since 2024-03-01 --ascii',
        'breakout equity --json --limit 100',
      ]),
    )
    .action(async (options, command) => {
      const { equity } = await import('../commands/equity.ts');
      await equity(contextOf(command), options);
    });
}
