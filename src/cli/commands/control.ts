/** The commands that act on a running engine. None of them ever starts a daemon. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../protocol/client.ts';
import { RpcError } from '../../protocol/errors.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { confirm } from '../confirm.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';

type CommandResult = ResultOf<'engine.stop'>;

/** Closing positions can take long; the daemon has limits of its own and answers before this one. */
const PATIENCE = { timeoutMs: 10 * 60_000 };

async function command(
  context: Context,
  send: (client: ControlClient) => Promise<CommandResult>,
): Promise<void> {
  const result = await withDaemon(context, send);
  context.output.result(result, () => [result.message]);
}

/** `breakout stop`. */
export async function stop(
  context: Context,
  { flatten = false, yes = false }: { readonly flatten?: boolean; readonly yes?: boolean },
): Promise<void> {
  if (flatten)
    await confirm(
      yes,
      'Close every open position at market now, and stop?',
      'stop --flatten closes every position at market',
    );
  await command(context, (client) => client.call('engine.stop', { flatten }, PATIENCE));
}

/** `breakout pause`. */
export async function pause(context: Context, { reason }: { readonly reason?: string }): Promise<void> {
  await command(context, (client) =>
    client.call('engine.pause', { ...(reason !== undefined && { reason }) }),
  );
}

/** `breakout resume`. */
export async function resume(context: Context): Promise<void> {
  await command(context, (client) => client.call('engine.resume'));
}

export interface EmergencyOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** `breakout emergency-stop`. */
export async function emergencyStop(
  context: Context,
  { reason, yes = false }: EmergencyOptions,
): Promise<void> {
  const question = 'Close every position at market now and lock the engine until `breakout reset`?';
  await confirm(yes, question, 'emergency-stop closes every position at market');
  await untilServed(() =>
    command(context, (client) => client.call('engine.emergencyStop', { reason }, PATIENCE)),
  );
}

/** A daemon whose places are all taken makes room for a panic within a second or two. */
const PLACE_WITHIN_MS = 15_000;
const KNOCK_EVERY_MS = 250;

/** Tries again while there is no place at the daemon: such a request has not even been read. */
async function untilServed(attempt: () => Promise<void>): Promise<void> {
  const until = performance.now() + PLACE_WITHIN_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const full = error instanceof RpcError && error.code === 'TOO_MANY_CONNECTIONS';
      if (!full || performance.now() > until) throw error;
    }
    await delay(KNOCK_EVERY_MS);
  }
}

/** `breakout reset`. */
export async function reset(context: Context, { reason }: { readonly reason: string }): Promise<void> {
  await command(context, (client) => client.call('engine.reset', { reason }));
}

/** `breakout retry`. */
export async function retry(context: Context): Promise<void> {
  await command(context, (client) => client.call('engine.retry'));
}

/** `breakout reload`. */
export async function reload(context: Context): Promise<void> {
  await command(context, (client) => client.call('engine.reload'));
}

/** `breakout close POSITION`: by symbol, or by the id that `positions` shows. */
export async function close(
  context: Context,
  position: string,
  { yes = false }: { readonly yes?: boolean },
): Promise<void> {
  const byId = /^\d+$/.test(position);
  const name = byId ? `position ${position}` : position;
  await confirm(yes, `Close ${name} at market now?`, 'close sends a market order');
  await command(context, (client) =>
    client.call('positions.close', byId ? { tradeId: Number(position) } : { symbol: position }, PATIENCE),
  );
}

/** `breakout cancel ORDER`. */
export async function cancel(context: Context, orderId: number): Promise<void> {
  await command(context, (client) => client.call('orders.cancel', { orderId }));
}
