/** An emulated exchange whose time runs faster, and a way to trade live on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type Emulator,
  type EmulatorOptions,
  type ProtocolName,
  startEmulator,
} from '../../scripts/exchange-emulator/emulator.ts';
import { DEFAULT_EXCHANGE, type ExchangeSettings } from '../../src/config/settings-schema.ts';
import type { OpenRequest } from '../../src/session/host-options.ts';
import { openExchange } from '../../src/session/live/exchange-venue.ts';
import type { LiveVenue } from '../../src/session/live/live-venue.ts';
import type { Timer } from '../../src/venue/ccxt/time.ts';
import { fastRequests } from './fast-requests.ts';

/** The exchanges whose protocols the emulator speaks, by the names that ccxt has for them. */
export const VENUES: Readonly<Record<ProtocolName, string>> = { bybit: 'bybit', binance: 'binanceusdm' };

export const PROTOCOLS: readonly ProtocolName[] = ['bybit', 'binance'];

export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'FETUSDT', 'GALAUSDT'];

/** Spans and timers that pass as fast as the emulator's time. */
export function fastTimer(speed: number): Timer {
  return {
    steady: () => performance.now() * speed,
    after: (ms, run) => {
      const timer = setTimeout(run, Math.max(0, ms / speed));
      return () => clearTimeout(timer);
    },
  };
}

export interface LiveExchange {
  readonly emulator: Emulator;
  readonly settings: ExchangeSettings;
  readonly configDir: string;
  readonly log: string[];
  /** `env`: where the keys are, in the place of the emulator's own. */
  open(request: OpenRequest, env?: Readonly<Record<string, string>>): Promise<LiveVenue>;
}

export function venueOf({ protocol }: Emulator): string {
  return VENUES[protocol];
}

export function keysOf(emulator: Emulator): Readonly<Record<string, string>> {
  const prefix = `BREAKOUT_${venueOf(emulator).toUpperCase()}`;
  return { [`${prefix}_API_KEY`]: emulator.apiKey, [`${prefix}_SECRET`]: emulator.secret };
}

export function urlsOf({ restUrl, streamUrl }: Emulator): NonNullable<ExchangeSettings['urls']> {
  return { rest: restUrl, ws_public: streamUrl, ws_private: streamUrl };
}

export async function liveExchange(t: TestContext, options: EmulatorOptions = {}): Promise<LiveExchange> {
  const { speed = 1 } = options;
  const emulator = await startEmulator({ symbols: SYMBOLS, speed, ...options });
  t.after(() => emulator.stop());
  const configDir = mkdtempSync(join(tmpdir(), 'breakout-live-'));
  t.after(() => rmSync(configDir, { recursive: true, force: true }));
  const settings = { ...DEFAULT_EXCHANGE, urls: urlsOf(emulator) };
  const log: string[] = [];
  return {
    emulator,
    settings,
    configDir,
    log,
    open: async (request, env = keysOf(emulator)) =>
      fastRequests(
        await openExchange(request, {
          configDir,
          exchanges: () => ({ [venueOf(emulator)]: settings }),
          log: (level, message) => log.push(`${level} ${message}`),
          timer: fastTimer(speed),
          env,
        }),
        speed,
      ),
  };
}
