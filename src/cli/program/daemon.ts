/** The commands for the process itself. */
import { type Command, Option } from 'commander';
import { contextOf } from '../context.ts';
import { examples } from './examples.ts';

const LIFE = `
Signals:
  SIGTERM  ends in order: entries are cancelled, positions stay with their stops
           at the venue, and the next daemon goes on with the session
  SIGINT   the same; a second one ends at once
  SIGHUP   reads settings and presets again, as \`breakout reload\` does

Exit codes of its own:
  1    it failed, with the engine in ERROR, also for the next daemon, and
       positions left protected; or the disk is full
  75   another daemon has this state folder
  78   the configuration is wrong, or the journal cannot be used
  130  a second SIGINT`;

export function daemon(root: Command): void {
  root.commandsGroup('The process:');
  const group = root
    .command('daemon')
    .description('the process that trades: run, start, stop, status')
    .addHelpText(
      'after',
      examples(['breakout daemon start', 'breakout daemon status', 'breakout daemon stop']),
    );

  withSettings(group.command('run'))
    .description('be the daemon, in the foreground, until SIGTERM or `daemon stop`')
    .addHelpText(
      'after',
      examples([
        'breakout daemon run',
        'breakout --instance second daemon run --metrics-listen 127.0.0.1:9464',
      ]),
    )
    .addHelpText('after', LIFE)
    .action(async (options, command) => {
      // The stacks in its log are to name lines of the sources, not of the bundle that it runs from.
      process.setSourceMapsEnabled(true);
      const { daemonRun } = await import('../commands/daemon-run.ts');
      await daemonRun(() => contextOf(command), options);
    });

  withSettings(group.command('start'))
    .description('start the daemon in the background and wait until it answers')
    .addHelpText(
      'after',
      `
It also waits until the daemon has taken up what the last one left. Where that
takes long, as when the exchange cannot be reached, it says so and ends with 0:
the daemon goes on with it. Where it cannot be taken up, it ends with 1.`,
    )
    .addHelpText('after', examples(['breakout daemon start', 'breakout daemon start --log-level debug']))
    .action(async (options, command) => {
      const { daemonStart } = await import('../commands/daemon.ts');
      await daemonStart(contextOf(command), options);
    });

  group
    .command('stop')
    .description('end the daemon; positions stay, and the next daemon goes on with the session')
    .addHelpText('after', examples(['breakout daemon stop']))
    .action(async (_options, command) => {
      const { daemonStop } = await import('../commands/daemon.ts');
      await daemonStop(contextOf(command));
    });

  group
    .command('status')
    .description('the daemon as a process: uptime, memory, connections')
    .addHelpText('after', examples(['breakout daemon status']))
    .action(async (_options, command) => {
      const { daemonStatus } = await import('../commands/daemon.ts');
      await daemonStatus(contextOf(command));
    });
}

/** Settings that go over the environment and config.json. */
function withSettings(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--log-level <level>',
        'how much is logged; over BREAKOUT_LOG_LEVEL and config.json',
      ).choices(['error', 'warn', 'info', 'debug']),
    )
    .option(
      '--metrics-listen <address>',
      'serve metrics to a scraper at 127.0.0.1:PORT or [::1]:PORT; over BREAKOUT_METRICS_LISTEN and config.json',
    );
}
