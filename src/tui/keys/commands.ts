/** What the view can tell the daemon to do, and how each is asked for. */
import { CallTimeout, type ControlClient } from '../../protocol/client.ts';
import { NotReachable, RpcError } from '../../protocol/errors.ts';
import type { StatusResult } from '../../protocol/views.ts';

export type Command =
  | { readonly kind: 'pause'; readonly reason?: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop'; readonly flatten: boolean }
  | { readonly kind: 'panic'; readonly reason?: string }
  | { readonly kind: 'close'; readonly tradeId: number; readonly symbol: string }
  | { readonly kind: 'cancel'; readonly orderId: number }
  | { readonly kind: 'adopt' | 'ignore'; readonly symbol: string }
  | { readonly kind: 'reset'; readonly reason: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'reload' };

/** Who asked is recorded by the daemon; this is why. */
const REASON = 'asked for in the live view';

/** Closing at market waits for the venue. */
const PATIENCE_MS = 120_000;

/** Words for a command while it is carried out. */
export function doing(command: Command): string {
  switch (command.kind) {
    case 'pause':
      return 'pausing';
    case 'resume':
      return 'resuming';
    case 'stop':
      return command.flatten ? 'closing everything, then stopping' : 'stopping';
    case 'panic':
      return 'PANIC: closing everything at market';
    case 'close':
      return `closing ${command.symbol}`;
    case 'cancel':
      return `withdrawing order ${command.orderId}`;
    case 'adopt':
      return `taking over ${command.symbol}`;
    case 'ignore':
      return `leaving ${command.symbol} alone`;
    case 'reset':
      return 'releasing the emergency or halt';
    case 'retry':
      return 'leaving ERROR';
    case 'reload':
      return 'reading settings and presets again';
  }
}

/** @returns what the daemon says it has done. @throws what `said` puts into words. */
export async function carryOut(client: ControlClient, command: Command): Promise<string> {
  const options = { timeoutMs: PATIENCE_MS };
  switch (command.kind) {
    case 'pause':
      return (await client.call('engine.pause', { reason: command.reason ?? REASON }, options)).message;
    case 'resume':
      return (await client.call('engine.resume', {}, options)).message;
    case 'stop':
      return (await client.call('engine.stop', { flatten: command.flatten }, options)).message;
    case 'panic':
      return (await client.call('engine.emergencyStop', { reason: command.reason ?? REASON }, options))
        .message;
    case 'close':
      return (await client.call('positions.close', { tradeId: command.tradeId }, options)).message;
    case 'cancel':
      return (await client.call('orders.cancel', { orderId: command.orderId }, options)).message;
    case 'adopt':
      return (await client.call('reconcile.adopt', { symbol: command.symbol }, options)).message;
    case 'ignore':
      return (await client.call('reconcile.ignore', { symbol: command.symbol }, options)).message;
    case 'reset':
      return (await client.call('engine.reset', { reason: command.reason }, options)).message;
    case 'retry':
      return (await client.call('engine.retry', {}, options)).message;
    case 'reload':
      return (await client.call('engine.reload', {}, options)).message;
  }
}

/** Why a command was not carried out, or is not known to have been. @throws what is no answer of a daemon. */
export function refusal(error: unknown): string {
  if (error instanceof RpcError) return `refused: ${error.message} (${error.hint})`;
  if (error instanceof CallTimeout)
    return 'no answer in time: whether it was carried out is not known, look at the state';
  if (error instanceof NotReachable)
    return 'the connection was lost: whether it was carried out is not known, look at the state';
  throw error;
}

/** What a dialog says is at stake: preset, venue, mode, account, instance. */
export function stake(status: StatusResult | null, word: string, instance: string): string {
  if (status?.preset == null) return `instance ${instance}, no session`;
  const account = status.account === null ? '' : `, account ${status.account}`;
  return `${word}: ${status.preset} on ${status.venue ?? '-'}${account}, instance ${instance}`;
}
