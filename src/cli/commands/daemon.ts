/** The daemon as a process: start, stop, status. */
import { setTimeout as delay } from 'node:timers/promises';
import { NotReachable } from '../../protocol/errors.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { endDaemon } from '../end-daemon.ts';
import { CliError } from '../exit.ts';
import { plural, span } from '../format.ts';
import { type Reached, reachDaemon, type SettingOptions } from '../spawn-daemon.ts';
import { block } from '../table.ts';

/** `breakout daemon start`. */
export async function daemonStart(context: Context, options: SettingOptions): Promise<void> {
  const reached = await reachDaemon(context, options);
  const { client, pid, started } = reached;
  const recovering = await takenUp(context, reached);
  await client.close();
  if (!started && Object.keys(options).length > 0)
    context.output.note('The options were not taken: they are for a daemon that starts.');
  const socket = context.paths.socketPath;
  context.output.result({ started, pid, socket, recovering }, () => [
    started
      ? `The daemon ${recovering === null ? 'runs' : 'is up'} (pid ${pid}, socket ${socket}).`
      : `The daemon was running already (pid ${pid}).`,
    ...(recovering === null
      ? []
      : [
          `It does not trade yet: recovering since ${recovering.since}, ${recovering.reason}.`,
          '`breakout health` shows how far it is; stops and targets rest at the venue meanwhile.',
        ]),
  ]);
}

type Recovery = ResultOf<'engine.resourceHealth'>['recovery'];

/** A recovery takes less; one that waits for an exchange may take as long as that is away. */
const RECOVERY_PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 100;

/**
 * Waits until the daemon has taken up what the last one left, and says meanwhile what it does.
 * @returns what it still does after a bound; null when it is done. @throws CliError when it cannot
 */
async function takenUp(context: Context, { client, lastWords }: Reached): Promise<Recovery> {
  const deadline = Date.now() + RECOVERY_PATIENCE_MS;
  let told = '';
  try {
    for (;;) {
      const { recovery } = await client.call('engine.resourceHealth');
      if (recovery === null || Date.now() > deadline) return recovery;
      if (recovery.session !== null && recovery.reason !== told)
        context.output.note(`Recovering: ${recovery.reason}.`);
      if (recovery.session !== null) told = recovery.reason;
      await delay(LOOK_EVERY_MS);
    }
  } catch (error) {
    if (!(error instanceof NotReachable)) throw error;
    const said = await lastWords();
    throw said === null ? error : new CliError('DAEMON_FAILED', `the daemon did not start: ${said}`);
  }
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
  const { info, recovery } = await withDaemon(context, async (client) => ({
    info: await client.call('daemon.info'),
    recovery: output.json ? null : (await client.call('engine.resourceHealth')).recovery,
  }));
  output.result(info, () =>
    block(
      [
        ['daemon', `breakout ${info.version}, pid ${info.pid}, instance ${info.instance}`],
        ['socket', context.paths.socketPath],
        ['started', `${info.startedAt}, ${span(info.uptime * 1000)} ago`],
        ['memory', `${info.rssMb.toFixed(0)} MiB`],
        ['clients', `${plural(info.connections, 'connection')}, ${plural(info.subscribers, 'subscription')}`],
        ...(info.supervisor === null ? [] : [['watched by', watchedBy(info)] as const]),
        ...(recovery === null
          ? []
          : [['recovering', output.paint('warn', `since ${recovery.since}: ${recovery.reason}`)] as const]),
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
