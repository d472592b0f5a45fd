/** The commands that act: on the engine, on a position, on an order. */
import { type Command, Option } from 'commander';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

export function trading(root: Command): void {
  root.commandsGroup('Trading:');
  root
    .command('start')
    .description('start the engine, and the daemon when none runs')
    .requiredOption('--preset <name>', 'what to trade by; `breakout presets` lists them')
    .addOption(new Option('--mode <mode>', 'whose money').choices(['paper', 'live']).default('paper'))
    .option(
      '--venue <name>',
      "sim: a generated market; replay: recorded candles; or an exchange by ccxt's name, live (default: replay with --data, else sim)",
    )
    .option('--data <dir>', 'replay: a store of `breakout data`, or a folder of SYMBOL-TIMEFRAME.csv[.gz]')
    .option('--symbols <list>', 'only these, with commas between', parse.symbols)
    .option('--from <time>', 'replay: first day or instant, UTC', parse.instant)
    .option('--to <time>', 'replay: up to and without this day or instant, UTC', parse.instant)
    .option('--equity <amount>', 'start equity in quote (default: 10000)', parse.amount)
    .option('--speed <factor>', 'venue time over wall time; 0 = as fast as it goes', parse.speed)
    .option('--seed <n>', 'sim: seed of the generated market', parse.seed)
    .option('--follow', 'print what happens until the session ends; Ctrl-C leaves the engine running')
    .option('--for <time>', 'stop the engine after this wall time: 60s, 5m', parse.duration)
    .addOption(new Option('--tui', 'open the live view once it has started').conflicts(['follow', 'for']))
    .option(
      '--sandbox',
      'an exchange: its own test environment, with keys of that (default: as config.json says)',
    )
    .option('--confirm <account>', 'live: the account that is to be traded, as a start without it names it')
    .addHelpText(
      'after',
      examples([
        'breakout start --preset breakout_v1',
        'breakout start --preset breakout_v1 --tui',
        'breakout start --preset breakout_v1 --seed 7 --follow --for 60s',
        'breakout start --preset breakout_v1 --data ./candles --from 2024-03-01 --speed 0 --follow',
      ]),
    )
    .action(async (options, command) => {
      const { start } = await import('../commands/start.ts');
      const context = contextOf(command);
      await start(context, options);
      if (options.tui) {
        const { tui } = await import('../commands/tui.ts');
        await tui(root, context, { color: true });
      }
    });

  root
    .command('stop')
    .description('take no more entries and go idle; open positions stay, protected at the venue')
    .option('--flatten', 'close the open positions first')
    .option('--yes', 'do not ask before closing')
    .addHelpText('after', examples(['breakout stop', 'breakout stop --flatten --yes']))
    .action(async (options, command) => {
      const { stop } = await import('../commands/control.ts');
      await stop(contextOf(command), options);
    });

  root
    .command('pause')
    .description('take no more entries; open positions are managed on')
    .option('--reason <text>', 'recorded and shown with the pause')
    .addHelpText('after', examples(['breakout pause --reason "exchange maintenance"']))
    .action(async (options, command) => {
      const { pause } = await import('../commands/control.ts');
      await pause(contextOf(command), options);
    });

  root
    .command('resume')
    .description('take entries again after a pause')
    .addHelpText('after', examples(['breakout resume']))
    .action(async (_options, command) => {
      const { resume } = await import('../commands/control.ts');
      await resume(contextOf(command));
    });

  root
    .command('close')
    .description('close one position at market')
    .argument('<position>', 'its symbol, or its id as `breakout positions` shows it')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples(['breakout close BTCUSDT', 'breakout close 12 --yes']))
    .action(async (position, options, command) => {
      const { close } = await import('../commands/control.ts');
      await close(contextOf(command), position, options);
    });

  root
    .command('cancel')
    .description('withdraw an entry order, and what is still to be sent of it')
    .argument('<order>', 'its id, as `breakout orders` shows it', parse.count)
    .addHelpText('after', examples(['breakout cancel 17']))
    .action(async (order, _options, command) => {
      const { cancel } = await import('../commands/control.ts');
      await cancel(contextOf(command), order);
    });

  root
    .command('reconcile')
    .description('what the account holds that the bot did not make, and what is to become of it')
    .addOption(
      new Option('--adopt <symbol>', 'take the position over: it gets a stop and is managed').conflicts(
        'ignore',
      ),
    )
    .option('--ignore <symbol>', 'leave it alone; it counts for nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nEntries wait, and `start` is refused, until each has been decided on. A decision\nholds for as long as the holding stays as it is.',
    )
    .addHelpText(
      'after',
      examples([
        'breakout reconcile',
        'breakout reconcile --adopt BTCUSDT',
        'breakout reconcile --ignore ETHUSDT --yes',
      ]),
    )
    .action(async (options, command) => {
      const { reconcile } = await import('../commands/reconcile.ts');
      await reconcile(contextOf(command), options);
    });

  root
    .command('emergency-stop')
    .description('close everything at market, verify flat, and stay locked until `reset`')
    .option('--reason <text>', 'recorded with the emergency', 'asked for at the command line')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples(['breakout emergency-stop --yes --reason "wrong preset"']))
    .action(async (options, command) => {
      const { emergencyStop } = await import('../commands/control.ts');
      await emergencyStop(contextOf(command), options);
    });

  root
    .command('reset')
    .description('release an emergency or a halt')
    .requiredOption('--reason <text>', 'why it is safe to go on; recorded')
    .addHelpText('after', examples(['breakout reset --reason "checked the account, flat"']))
    .action(async (options, command) => {
      const { reset } = await import('../commands/control.ts');
      await reset(contextOf(command), options);
    });

  root
    .command('retry')
    .description('leave the state ERROR and go on')
    .addHelpText('after', examples(['breakout retry']))
    .action(async (_options, command) => {
      const { retry } = await import('../commands/control.ts');
      await retry(contextOf(command));
    });

  root
    .command('reload')
    .description('read the configuration and the presets again; what is wrong changes nothing')
    .addHelpText('after', examples(['breakout reload']))
    .action(async (_options, command) => {
      const { reload } = await import('../commands/control.ts');
      await reload(contextOf(command));
    });

  root
    .command('backtest')
    .description('run the engine over a folder of candles, in this process')
    .requiredOption('--preset <name>', 'what to trade by; `breakout presets` lists them')
    .requiredOption('--data <dir>', 'a store of `breakout data`, or a folder of SYMBOL-TIMEFRAME.csv[.gz]')
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
      const { backtest } = await import('../commands/backtest.ts');
      await backtest(contextOf(command), options);
    });
}
