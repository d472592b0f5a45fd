/**
 * `node --import tsx scripts/exchange-emulator/main.ts [--protocol bybit|binance] [--port N] [--control-port N] [--seed N]
 * [--symbols A,B | --symbol-count N] [--speed N] [--step-ms N] [--wallet USDT=100000,BTC=1] [--key K] [--secret S] [--request-clock machine]
 * [--recording FOLDER [--from DATE]]`: runs the emulator until it is ended, and prints one line of JSON once it listens.
 */
import { parseArgs } from 'node:util';
import type { BarSource } from '../../src/venue/ports.ts';
import { openRecording } from '../../src/venue/replay/open-recording.ts';
import { startEmulator } from './emulator.ts';
import { wideMarket } from './market/wide-market.ts';

const { values } = parseArgs({
  options: {
    protocol: { type: 'string', default: 'bybit' },
    port: { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    symbols: { type: 'string' },
    'symbol-count': { type: 'string' },
    speed: { type: 'string', default: '1' },
    'step-ms': { type: 'string', default: '5000' },
    wallet: { type: 'string', default: 'USDT=100000' },
    key: { type: 'string', default: 'emulator-key' },
    secret: { type: 'string', default: 'emulator-secret' },
    'request-clock': { type: 'string', default: 'venue' },
    recording: { type: 'string' },
    from: { type: 'string' },
  },
});

const { protocol } = values;
if (protocol !== 'bybit' && protocol !== 'binance')
  throw new RangeError(`--protocol ${protocol}: bybit or binance`);
const symbols = values.symbols?.split(',');

async function givenSource(): Promise<{ source?: BarSource }> {
  const { recording, from, 'symbol-count': wide } = values;
  if (wide !== undefined) return { source: wideMarket(Number(values.seed), Number(wide)) };
  if (recording === undefined) return {};
  return {
    source: await openRecording({
      folder: recording,
      from: from === undefined ? undefined : Date.parse(from),
      ...(symbols === undefined ? {} : { symbols }),
    }),
  };
}

const emulator = await startEmulator({
  protocol,
  port: Number(values.port),
  controlPort: Number(values['control-port']),
  seed: Number(values.seed),
  speed: Number(values.speed),
  stepMs: Number(values['step-ms']),
  wallet: Object.fromEntries(values.wallet.split(',').map((entry) => pair(entry))),
  apiKey: values.key,
  secret: values.secret,
  requestClock: values['request-clock'] === 'machine' ? 'machine' : 'venue',
  ...(symbols === undefined ? {} : { symbols }),
  ...(await givenSource()),
});

const { restUrl, streamUrl, controlUrl } = emulator;
console.log(JSON.stringify({ protocol, restUrl, streamUrl, controlUrl, pid: process.pid }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void emulator.stop());

function pair(entry: string): readonly [string, string] {
  const [coin, amount] = entry.split('=');
  if (coin === undefined || amount === undefined)
    throw new RangeError(`--wallet ${entry}: COIN=AMOUNT,COIN=AMOUNT`);
  return [coin, amount];
}
