/** The commands that look. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

const RESUMING = `
Under --json each line is an object. An event has its \`stream\` and \`seq\`: given
back as --stream and --since, the view goes on where it ended. A daemon that was
started anew has another stream. What cannot be had any more is said on stderr
and as {"skipped":{…}}, with a snapshot of how things stand instead.`;

export function reading(root: Command): void {
  root.commandsGroup('Looking:');
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
    .option('--prometheus', 'everything there is, over all sessions, in the text format of Prometheus')
    .addHelpText('after', examples(['breakout metrics', 'breakout metrics --prometheus']))
    .action(async (options, command) => {
      const { metrics } = await import('../commands/metrics.ts');
      await metrics(contextOf(command), options);
    });

  root
    .command('health')
    .description('CPU, memory, disk, event loop and feed of the daemon, with a verdict')
    .addHelpText('after', examples(['breakout health', 'breakout health --json']))
    .addHelpText('after', '\nThe exit code is 1 when something is critical.')
    .action(async (_options, command) => {
      const { health } = await import('../commands/health.ts');
      await health(contextOf(command));
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
    .command('orders')
    .description('orders that are out')
    .option('--all', 'the final ones of late as well')
    .option('--symbol <name>', 'only of this symbol')
    .option('--limit <n>', 'the newest n (default: 200)', parse.count)
    .addHelpText('after', examples(['breakout orders', 'breakout orders --all --symbol BTCUSDT']))
    .action(async (options, command) => {
      const { orders } = await import('../commands/orders.ts');
      await orders(contextOf(command), options);
    });

  root
    .command('levels')
    .description('levels that are watched or formed, and how far price is from each')
    .argument('[symbol]', 'only of this symbol')
    .addHelpText('after', examples(['breakout levels', 'breakout levels BTCUSDT']))
    .action(async (symbol, _options, command) => {
      const { levels } = await import('../commands/levels.ts');
      await levels(contextOf(command), symbol);
    });

  root
    .command('candles')
    .description('the newest 15 m candles of a symbol that the engine holds')
    .argument('<symbol>', 'of this symbol')
    .option('--limit <n>', 'the newest n (default: 96)', parse.count)
    .addHelpText('after', examples(['breakout candles BTCUSDT --limit 8']))
    .action(async (symbol, options, command) => {
      const { candles } = await import('../commands/candles.ts');
      await candles(contextOf(command), symbol, options);
    });

  root
    .command('candidates')
    .description('the last scan: what is worth watching, best first')
    .addHelpText('after', examples(['breakout candidates']))
    .action(async (_options, command) => {
      const { candidates } = await import('../commands/candidates.ts');
      await candidates(contextOf(command));
    });

  root
    .command('account')
    .description('equity, open risk, and how much of each limit is used')
    .addHelpText('after', examples(['breakout account']))
    .action(async (_options, command) => {
      const { account } = await import('../commands/account.ts');
      await account(contextOf(command));
    });

  root
    .command('explain')
    .description('why there is no trade: how far each symbol came, or one of them in full')
    .argument('[symbol]', 'this one, with everything that was judged')
    .addHelpText('after', examples(['breakout explain', 'breakout explain ETHUSDT']))
    .action(async (symbol, _options, command) => {
      const { explain } = await import('../commands/explain.ts');
      await explain(contextOf(command), symbol);
    });

  root
    .command('diagnostics')
    .description('the funnel from markets to trades, near misses, and the pass rate of each condition')
    .addHelpText('after', examples(['breakout diagnostics']))
    .action(async (_options, command) => {
      const { diagnostics } = await import('../commands/explain.ts');
      await diagnostics(contextOf(command));
    });

  root
    .command('events')
    .description('what happens, as it happens; Ctrl-C ends the view and nothing else')
    .option('--topics <list>', 'only these, with commas between: state,signal,trade', parse.words)
    .option('--prices', 'the newest prices as well, at most ten times a second')
    .option('--symbols <list>', '--prices: of these alone', parse.symbols)
    .option('--since <seq>', 'first what came after this event', parse.ordinal)
    .option('--stream <id>', '--since: the stream that the number belongs to')
    .addHelpText('after', RESUMING)
    .addHelpText(
      'after',
      examples([
        'breakout events',
        'breakout events --topics trade,halt --json',
        'breakout events --since 0 --json',
        'breakout events --topics trade --prices --symbols BTCUSDT,ETHUSDT',
      ]),
    )
    .action(async (options, command) => {
      const { events } = await import('../commands/events.ts');
      await events(contextOf(command), options);
    });

  root
    .command('rpc')
    .description('call any method of the daemon, the answer as JSON; without a method: those there are')
    .argument('[method]', 'for example engine.status; rpc.discover describes them all')
    .argument('[params]', 'one JSON object')
    .addHelpText(
      'after',
      examples([
        'breakout rpc',
        'breakout rpc engine.status',
        `breakout rpc engine.transitions '{"limit": 5}'`,
        'breakout rpc rpc.discover',
      ]),
    )
    .action(async (method, params, _options, command) => {
      const { rpc } = await import('../commands/rpc.ts');
      await rpc(contextOf(command), method, params);
    });
}
