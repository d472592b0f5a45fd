/**
 * An exchange on loopback that speaks a real one's wire protocol, keeps its own books, and misbehaves when it is told to.
 * `startEmulator` runs it in the caller's process; `main.ts` in one of its own.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BarSource } from '../../src/venue/ports.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { binance } from './binance/binance.ts';
import { bybit } from './bybit/bybit.ts';
import { VenueClock } from './clock.ts';
import { Control } from './control/control.ts';
import { controlServer } from './control/server.ts';
import { Exchange } from './core/exchange.ts';
import { type PushFault, type RequestFault, Rules } from './faults/rules.ts';
import { numberIds, uuidIds } from './ids.ts';
import { Market } from './market/market.ts';
import { Outbox } from './net/outbox.ts';
import { Rest } from './net/rest.ts';
import { Streams } from './net/streams.ts';
import { Pacer } from './pacer.ts';
import type { Venue } from './venue.ts';

export type ProtocolName = 'bybit' | 'binance';

/**
 * How the exchanges differ below their wire: what they list, how they number, how long they remember a client's id, how
 * exactly they count fees. */
const PROTOCOLS = {
  bybit: { speak: bybit, ids: uuidIds, linkIds: 'once', feeDecimals: null, categories: ['linear', 'spot'] },
  binance: { speak: binance, ids: numberIds, linkIds: 'among-live', feeDecimals: 8, categories: ['linear'] },
} as const;

export interface EmulatorOptions {
  readonly protocol?: ProtocolName;
  readonly port?: number;
  readonly controlPort?: number;
  /** Candles to trade on; a generated market of `seed` and `symbols` when missing. */
  readonly source?: BarSource;
  readonly seed?: number;
  readonly symbols?: readonly string[];
  /** Venue time over the machine's; 0, the default, stands still until it is advanced. */
  readonly speed?: number;
  /** From price to price, in the venue's time; divides five minutes. */
  readonly stepMs?: number;
  readonly wallet?: Readonly<Record<string, string>>;
  readonly apiKey?: string;
  readonly secret?: string;
  /**
   * The clock that the venue shows and holds requests against: its own time (the default), or the machine's, for a client
   * that cannot be told the venue's time.
   */
  readonly requestClock?: 'venue' | 'machine';
}

export interface Emulator {
  readonly protocol: ProtocolName;
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly control: Control;
  stop(): Promise<void>;
}

const WALLET = { USDT: '100000' };
const STEP = 5_000;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { seed = 1, symbols, stepMs = STEP, speed = 0 } = options;
  const { protocol: name = 'bybit' } = options;
  const { speak, ids, linkIds, feeDecimals, categories } = PROTOCOLS[name];
  const source = options.source ?? generatedMarket({ seed, ...(symbols === undefined ? {} : { symbols }) });
  const clock = new VenueClock(source.startsAt);
  const exchange = new Exchange({
    wallet: options.wallet ?? WALLET,
    ids,
    linkIds,
    feeDecimals,
    now: () => clock.now,
  });
  const market = new Market({ source, categories, stepMs, exchange });
  const apiKey = {
    key: options.apiKey ?? 'emulator-key',
    secret: options.secret ?? 'emulator-secret',
    revoked: false,
    readOnly: false,
    withdraw: false,
  };
  const skew = { ms: 0 };
  const shownNow = () => (options.requestClock === 'machine' ? Date.now() : clock.now) + skew.ms;
  const pacer = new Pacer(clock, market);
  const pace = () => pacer.pace;
  const venue: Venue = { exchange, market, clock, apiKey, shownNow, pace };

  const requestFaults = new Rules<RequestFault>(seed);
  const pushFaults = new Rules<PushFault>(seed + 1);
  const outbox = new Outbox();
  const protocol = speak(venue);
  const rest = new Rest(protocol, requestFaults, clock, outbox);
  const streams = new Streams(protocol, pushFaults, clock, outbox);
  const control = new Control({ venue, pacer, rest, streams, requestFaults, pushFaults, skew });

  const server = createServer((request, response) => rest.take(request, response));
  server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head));
  const controls = controlServer(control);
  const port = await listen(server, options.port ?? 0);
  const controlPort = await listen(controls, options.controlPort ?? 0);
  pacer.setSpeed(speed);

  return {
    protocol: name,
    restUrl: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    apiKey: apiKey.key,
    secret: apiKey.secret,
    control,
    stop: async () => {
      pacer.stop();
      streams.stop();
      await Promise.all([close(server), close(controls)]);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (isAddress(address)) resolve(address.port);
      else reject(new Error('the server has no port'));
    });
  });
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
