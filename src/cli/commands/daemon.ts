/** The daemon as a process: start, stop, status. */
import type { ResultOf } from '../../protocol/methods.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { endDaemon } from '../end-daemon.ts';
import { plural, span } from '../format.ts';
import { reachDaemon, type SettingOptions } from '../spawn-daemon.ts';
import { block } from '../table.ts';

/** `breakout daemon start`. */
export async function daemonStart(context: Context, options: SettingOptions): Promise<void> {
  const { client, pid, started } = await reachDaemon(context, options);
  await client.close();
  if (!started && Object.keys(options).length > 0)
    context.output.note('The options were not taken: they are for a daemon that starts.');
  const socket = context.paths.socketPath;
  context.output.result({ started, pid, socket }, () => [
    started
      ? `The daemon runs (pid ${pid}, socket ${socket}).`
      : `The daemon was running already (pid ${pid}).`,
  ]);
}

/** `breakout daemon stop`. */
export async function daemonStop(context: Context): Promise<void> {
  const ended = await endDaemon(context);
  context.output.result(ended, () => [
    `The daemon has ended (pid ${ended.pid}); open positions are left as they are.`,
  ]);
}

function watchedBy({ supervisor, watchdogSeconds }: ResultOf<'daemon.info'>): string {
  return `${supervisor}${watchdogSeconds === null ? '' : `, watchdog ${watchdogSeconds} s`}`;
}

/** `breakout daemon status`. */
export async function daemonStatus(context: Context): Promise<void> {
  const { output } = context;
  const info = await withDaemon(context, (client) => client.call('daemon.info'));
  output.result(info, () =>
    block(
      [
        ['daemon', `breakout ${info.version}, pid ${info.pid}, instance ${info.instance}`],
        ['socket', context.paths.socketPath],
        ['started', `${info.startedAt}, ${span(info.uptime * 1000)} ago`],
        ['memory', `${info.rssMb.toFixed(0)} MiB`],
        ['clients', `${plural(info.connections, 'connection')}, ${plural(info.subscribers, 'subscription')}`],
        ...(info.supervisor === null ? [] : [['watched by', watchedBy(info)] as const]),
        ...(info.stuck === null ? [] : [['STUCK', info.stuck] as const]),
        ['metrics', info.metricsUrl ?? 'not served over HTTP'],
        ['venues', info.venues.join(', ')],
        ['node', info.node],
      ],
      output.paint,
      output.width,
    ),
  );
}
