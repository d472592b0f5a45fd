/** Downloads from an exchange on loopback into a folder of their own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type DownloadOptions, type DownloadReport, download } from '../../src/data/download.ts';
import type { Timer } from '../../src/venue/ccxt/time.ts';
import { openRecording } from '../../src/venue/replay/open-recording.ts';
import { emptyFolder } from '../venue/candle-store/kit.ts';

export interface Urls {
  readonly rest: string;
  readonly wsPublic: string;
  readonly wsPrivate: string;
}

export type Asked = Partial<DownloadOptions> & Pick<DownloadOptions, 'since'>;

export interface Rig {
  readonly store: string;
  readonly configDir: string;
  /** What was waited for. */
  readonly waits: string[];
  run(asked: Asked): Promise<DownloadReport>;
  /** How many bars a backtest loads. */
  bars(): Promise<number>;
}

/** Waits pass so much faster than they are; the clock goes as it does. */
const SPEED = 1_000;

const TIMER: Timer = {
  steady: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms / SPEED);
    return () => clearTimeout(timer);
  },
};

export function rig(t: TestContext, exchange: string, { rest, wsPublic, wsPrivate }: Urls): Rig {
  const folder = emptyFolder(t);
  const store = join(folder, 'store');
  const configDir = join(folder, 'config');
  mkdirSync(configDir);
  const urls = { rest, ws_public: wsPublic, ws_private: wsPrivate };
  writeFileSync(join(configDir, 'config.json'), JSON.stringify({ exchanges: { [exchange]: { urls } } }));
  const waits: string[] = [];
  return {
    store,
    configDir,
    waits,
    run: (asked) =>
      download({
        exchange,
        symbols: ['BTC/USDT:USDT'],
        timeframe: '5m',
        store,
        configDir,
        env: {},
        signal: new AbortController().signal,
        waits: (reason, ms) => waits.push(`${ms} ${reason}`),
        timer: TIMER,
        ...asked,
      }),
    bars: async () => (await openRecording({ folder: store })).bars,
  };
}
