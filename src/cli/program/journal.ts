/** The commands that read the journal by themselves, with or without a daemon: their options and help. */
import { Argument, type Command, Option } from 'commander';
import type { ExportKind } from '../commands/export.ts';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

const KINDS: readonly ExportKind[] = ['trades', 'fills', 'equity'];

const READING = '\nRead from the journal itself, while a daemon runs or without one.\nChanges nothing.';

export function journal(root: Command): void {
  root.commandsGroup('Looking:');
  root
    .command('replay')
    .description('feed a recorded session to the engine again and compare every output')
    .argument('<session>', 'its id, its number, or `last`')
    .option('--until <time>', "up to this instant of the venue's time, and how things stood", parse.instant)
    .addHelpText('after', `${READING}\nThe exit code is 1 when anything comes out differently.`)
    .addHelpText(
      'after',
      examples([
        'breakout replay last',
        'breakout replay 1 --until 2025-01-03T12:00Z',
        'breakout replay last --json',
      ]),
    )
    .action(async (session, options, command) => {
      const { replay } = await import('../commands/replay.ts');
      replay(contextOf(command), session, options);
    });

  root
    .command('export')
    .description('trades, fills or equity of a session as CSV or JSON, with exact decimals')
    .addArgument(new Argument('<what>', 'which rows').choices(KINDS))
    .addOption(
      new Option('--session <session>', 'its id, its number, or `last` (default: last)').conflicts('all'),
    )
    .option('--all', 'of every session')
    .option('--csv', 'comma-separated values by RFC 4180 (the default without --json)')
    .option('--out <file>', 'into this file, instead of stdout')
    .addHelpText('after', READING)
    .addHelpText(
      'after',
      examples([
        'breakout export trades --csv',
        'breakout export fills --all --csv --out fills.csv',
        'breakout export equity --session 1 --json',
      ]),
    )
    .action(async (what, options, command) => {
      const { exportRows } = await import('../commands/export.ts');
      exportRows(contextOf(command), what, options);
    });

  const db = root
    .command('db')
    .description('the journal as a file, for sqlite3 and for backups')
    .addHelpText('after', examples(['breakout db path']));

  db.command('path')
    .description('where the journal lies, whether it is there or not')
    .addHelpText(
      'after',
      examples(['breakout db path', 'sqlite3 -readonly "$(breakout db path)" "SELECT * FROM v_daily"']),
    )
    .action(async (_options, command) => {
      const { dbPath } = await import('../commands/db.ts');
      dbPath(contextOf(command));
    });
}
