/** `breakout logs`: the log, and which lines are written into it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { contextOf } from '../context.ts';
import { COMPONENTS, LEVELS } from '../log-words.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

const LEVELS_HELP = `
Levels, from the fewest lines to the most: ${LEVELS.join(', ')}.
  --level shows lines of that level and graver ones. Where the daemon does not
  write them yet, it does from then on, and this says so; \`--set-level
  configured\` goes back to the settings.
  --set-level makes a component (or all) write exactly that level, fewer lines
  too. Both hold until the daemon ends, or for the time of --for.
Without a daemon the end of the log file is shown.`;

export function logs(root: Command): void {
  root.commandsGroup('Looking:');
  root
    .command('logs')
    .description("the daemon's log: its newest lines, and which lines it writes")
    .option('-n, --lines <n>', 'the newest n, up to 1000', atMostThousand, 100)
    .option('-f, --follow', 'go on with what is written from now on; Ctrl-C ends the view and nothing else')
    .addOption(
      new Option('--level <level>', 'lines of this level and graver; written from now on').choices(LEVELS),
    )
    .addOption(new Option('--component <name>', 'of one part of the daemon').choices(COMPONENTS))
    .option('--ref <id>', 'of one request: the ref that an error names')
    .option('--since <time>', 'from this time on: 10m ago, or a date or time in UTC', parse.ago)
    .addOption(new Option('--set-level <level>', 'change what is written').choices([...LEVELS, 'configured']))
    .option('--for <time>', 'how long a changed level holds: 10m, 1h', parse.duration)
    .option('--levels', 'which lines each component writes now')
    .addHelpText('after', LEVELS_HELP)
    .addHelpText(
      'after',
      examples([
        'breakout logs -n 20',
        'breakout logs --follow --component control',
        'breakout logs --level debug --for 10m --component engine',
        'breakout logs --set-level configured',
        'breakout logs --levels',
        'breakout logs --since 10m --level warn --json',
      ]),
    )
    .action(async (options, command) => {
      const { logs: run } = await import('../commands/logs.ts');
      await run(contextOf(command), {
        ...options,
        linesGiven: command.getOptionValueSource('lines') === 'cli',
      });
    });
}

const MOST_LINES = 1000;

function atMostThousand(text: string): number {
  const n = parse.count(text);
  if (n > MOST_LINES) throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_LINES}.`);
  return n;
}
