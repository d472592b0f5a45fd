/**
 * The commands, their options and their help. A command's module is loaded only when that command runs, so
 * that `breakout status` stays as quick as the process that holds it.
 */
import { Command, Option } from 'commander';
import { packageInfo } from '../config/package.ts';
import { contextOf } from './context.ts';
import * as parse from './parse.ts';
import { service } from './program-service.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  the daemon said no, or it could not be done
  2  no daemon answers (only \`start\` and \`daemon start\` ever start one)
  3  the command line is wrong`;

export function program(): Command {
  const root = new Command('breakout')
    .description('An unattended range-breakout trading daemon and its command line')
    .version(packageInfo().version)
    .option('--socket <path>', "the daemon's socket (else BREAKOUT_SOCKET, else the default place)")
    .option('--instance <name>', 'which bot, where several run')
    .option('--json', 'one JSON document on stdout, all else on stderr')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(`breakout: ${oneLine(text)}\n`) })
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  trading(root);
  reading(root);
  daemon(root);
  service(root);
  return root;
}

function trading(root: Command): void {
  root
    .command('start')
    .description('start the engine, and the daemon when none runs')
    .requiredOption('--preset <name>', 'what to trade by; `breakout presets` lists them')
    .addOption(new Option('--mode <mode>', 'whose money').choices(['paper', 'live']).default('paper'))
    .option(
      '--venue <name>',
      'sim: a generated market; replay: recorded candles (default: replay with --data, else sim)',
    )
    .option('--data <dir>', 'replay: folder of SYMBOL-TIMEFRAME.csv[.gz]')
    .option('--symbols <list>', 'only these, with commas between', parse.symbols)
    .option('--from <time>', 'replay: first day or instant, UTC', parse.instant)
    .option('--to <time>', 'replay: up to and without this day or instant, UTC', parse.instant)
    .option('--equity <amount>', 'start equity in quote (default: 10000)', parse.amount)
    .option('--speed <factor>', 'venue time over wall time; 0 = as fast as it goes', parse.speed)
    .option('--seed <n>', 'sim: seed of the generated market', parse.seed)
    .option('--follow', 'print what happens until the session ends; Ctrl-C leaves the engine running')
    .option('--for <time>', 'stop the engine after this wall time: 60s, 5m', parse.duration)
    .option('--yes', 'do not ask before live trading')
    .addHelpText(
      'after',
      examples([
        'breakout start --preset breakout_v1',
        'breakout start --preset breakout_v1 --seed 7 --follow --for 60s',
        'breakout start --preset breakout_v1 --data ./candles --from 2024-03-01 --speed 0 --follow',
      ]),
    )
    .action(async (options, command) => {
      const { start } = await import('./commands/start.ts');
      await start(contextOf(command), options);
    });

  root
    .command('stop')
    .description('take no more entries and go idle; open positions stay, protected at the venue')
    .option('--flatten', 'close the open positions first')
    .addHelpText('after', examples(['breakout stop', 'breakout stop --flatten']))
    .action(async (options, command) => {
      const { stop } = await import('./commands/control.ts');
      await stop(contextOf(command), options);
    });

  root
    .command('pause')
    .description('take no more entries; open positions are managed on')
    .option('--reason <text>', 'recorded and shown with the pause')
    .addHelpText('after', examples(['breakout pause --reason "exchange maintenance"']))
    .action(async (options, command) => {
      const { pause } = await import('./commands/control.ts');
      await pause(contextOf(command), options);
    });

  root
    .command('resume')
    .description('take entries again after a pause')
    .addHelpText('after', examples(['breakout resume']))
    .action(async (_options, command) => {
      const { resume } = await import('./commands/control.ts');
      await resume(contextOf(command));
    });

  root
    .command('emergency-stop')
    .description('close everything at market, verify flat, and stay locked until `reset`')
    .option('--reason <text>', 'recorded with the emergency', 'asked for at the command line')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples(['breakout emergency-stop --yes --reason "wrong preset"']))
    .action(async (options, command) => {
      const { emergencyStop } = await import('./commands/control.ts');
      await emergencyStop(contextOf(command), options);
    });

  root
    .command('reset')
    .description('release an emergency or a halt')
    .requiredOption('--reason <text>', 'why it is safe to go on; recorded')
    .addHelpText('after', examples(['breakout reset --reason "checked the account, flat"']))
    .action(async (options, command) => {
      const { reset } = await import('./commands/control.ts');
      await reset(contextOf(command), options);
    });

  root
    .command('backtest')
    .description('run the engine over a folder of candles, in this process')
    .requiredOption('--preset <name>', 'what to trade by; `breakout presets` lists them')
    .requiredOption('--data <dir>', 'folder of SYMBOL-TIMEFRAME.csv[.gz]')
    .option('--symbols <list>', 'only these, with commas between', parse.symbols)
    .option('--from <time>', 'first day or instant, UTC', parse.instant)
    .option('--to <time>', 'up to and without this day or instant, UTC', parse.instant)
    .option('--equity <amount>', 'start equity in quote (default: 10000)', parse.amount)
    .addHelpText(
      'after',
      examples([
        'breakout backtest --preset breakout_v1 --data ./candles',
        'breakout backtest --preset breakout_v1 --data ./candles --symbols BTCUSDT,ETHUSDT --from 2024-03-01 --json',
      ]),
    )
    .action(async (options, command) => {
      const { backtest } = await import('./commands/backtest.ts');
      await backtest(contextOf(command), options);
    });
}

function reading(root: Command): void {
  root
    .command('status')
    .description('state, preset, positions, equity, latency')
    .addHelpText('after', examples(['breakout status', 'breakout status --json']))
    .action(async (_options, command) => {
      const { status } = await import('./commands/status.ts');
      await status(contextOf(command));
    });

  root
    .command('metrics')
    .description('counters, latency percentiles, R and money of the session')
    .addHelpText('after', examples(['breakout metrics']))
    .action(async (_options, command) => {
      const { metrics } = await import('./commands/metrics.ts');
      await metrics(contextOf(command));
    });

  root
    .command('commands')
    .description('what the engine would do now, and for the rest why not')
    .addHelpText('after', examples(['breakout commands']))
    .action(async (_options, command) => {
      const { commands } = await import('./commands/commands.ts');
      await commands(contextOf(command));
    });

  root
    .command('transitions')
    .description('state changes, oldest first')
    .option('--limit <n>', 'the newest n (default: 100)', parse.count)
    .option('--since <seq>', 'only those after this ordinal', parse.ordinal)
    .addHelpText('after', examples(['breakout transitions --limit 20']))
    .action(async (options, command) => {
      const { transitions } = await import('./commands/transitions.ts');
      await transitions(contextOf(command), options);
    });

  root
    .command('positions')
    .description('open positions with their protection')
    .addHelpText('after', examples(['breakout positions']))
    .action(async (_options, command) => {
      const { positions } = await import('./commands/positions.ts');
      await positions(contextOf(command));
    });

  root
    .command('trades')
    .description('finished trades of the running session, or of the last one')
    .addHelpText('after', examples(['breakout trades', 'breakout trades --json']))
    .action(async (_options, command) => {
      const { trades } = await import('./commands/trades.ts');
      await trades(contextOf(command));
    });

  root
    .command('events')
    .description('what happens, as it happens; Ctrl-C ends the view and nothing else')
    .option('--topics <list>', 'only these, with commas between: state,signal,trade', parse.words)
    .addHelpText('after', examples(['breakout events', 'breakout events --topics trade,halt --json']))
    .action(async (options, command) => {
      const { events } = await import('./commands/events.ts');
      await events(contextOf(command), options);
    });

  root
    .command('presets')
    .description('the presets there are, and what is wrong with those that cannot be used')
    .addHelpText('after', examples(['breakout presets']))
    .action(async (_options, command) => {
      const { presets } = await import('./commands/presets.ts');
      await presets(contextOf(command));
    });
}

function daemon(root: Command): void {
  const group = root.command('daemon').description('the process that trades');

  group
    .command('run')
    .description('be the daemon, in the foreground, until SIGTERM or `daemon stop`')
    .addHelpText('after', examples(['breakout daemon run', 'breakout --instance second daemon run']))
    .addHelpText(
      'after',
      '\nFurther exit codes: 75 another daemon has this state folder, 78 the configuration is wrong.',
    )
    .action(async (_options, command) => {
      // The stacks in its log are to name lines of the sources, not of the bundle that it runs from.
      process.setSourceMapsEnabled(true);
      const { daemonRun } = await import('./commands/daemon-run.ts');
      await daemonRun(() => contextOf(command));
    });

  group
    .command('start')
    .description('start the daemon in the background and wait until it answers')
    .addHelpText('after', examples(['breakout daemon start']))
    .action(async (_options, command) => {
      const { daemonStart } = await import('./commands/daemon.ts');
      await daemonStart(contextOf(command));
    });

  group
    .command('stop')
    .description('stop the engine without closing positions, then the daemon')
    .addHelpText('after', examples(['breakout daemon stop']))
    .action(async (_options, command) => {
      const { daemonStop } = await import('./commands/daemon.ts');
      await daemonStop(contextOf(command));
    });

  group
    .command('status')
    .description('the daemon as a process: uptime, memory, connections')
    .addHelpText('after', examples(['breakout daemon status']))
    .action(async (_options, command) => {
      const { daemonStatus } = await import('./commands/daemon.ts');
      await daemonStatus(contextOf(command));
    });
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** Commander's refusal as one line, with the way to the help behind it. */
function oneLine(text: string): string {
  const told = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  return `${told} (see \`breakout --help\`)`;
}
