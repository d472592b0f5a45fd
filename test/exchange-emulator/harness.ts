import {
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from '../../scripts/exchange-emulator/emulator.ts';
import { type Binance, type Bybit, binanceClient, bybitClient } from './client.ts';

export const PERPETUAL = 'BTC/USDT:USDT';
export const SPOT = 'BTC/USDT';

/** An emulated Bybit that stands still until it is advanced, and the real ccxt that talks to it. */
export interface Session extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly control: Emulator['control'];
  readonly client: Bybit;
}

export async function bybitSession(
  options: EmulatorOptions = {},
  clientOptions: Record<string, unknown> = {},
): Promise<Session> {
  const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT'], ...options });
  const client = await bybitClient(emulator, clientOptions);
  return {
    emulator,
    control: emulator.control,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await emulator.stop();
    },
  };
}

export interface BinanceSession extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly control: Emulator['control'];
  readonly client: Binance;
}

/** The same exchange, as Binance's USD-M futures. */
export async function binanceSession(options: EmulatorOptions = {}): Promise<BinanceSession> {
  const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT'], protocol: 'binance', ...options });
  const client = await binanceClient(emulator);
  return {
    emulator,
    control: emulator.control,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await emulator.stop();
    },
  };
}

/** The element that must be there. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length > 1) throw new Error(`${list.length} where one was wanted`);
  return first;
}

/** What is watched and not waited for ends with the session, and with nothing else. */
export function watching<T extends readonly Promise<unknown>[]>(...promises: T): T {
  for (const promise of promises) {
    promise.catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'ExchangeClosedByUser') throw error;
    });
  }
  return promises;
}
