import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPreset } from '../../../src/config/presets.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import { sizeFindings } from '../../../src/session/live/size-check.ts';

/** One R is 0.5 % of the account; no stop is nearer than 3 ATR of 0.3 % each, so an order is worth at most 0.556 of it. */
const PRESET = loadPreset('breakout_v1', '/nowhere');

const market = (symbol: string, lot: string, minNotional = '5'): Instrument => ({
  symbol,
  base: symbol,
  quote: 'USDT',
  type: 'linear',
  tick: '0.01',
  lot,
  minNotional,
  makerFee: 0.0002,
  takerFee: 0.0005,
});

const figures = new Map([
  ['BTC', { price: 60_000, volume: 1e9 }],
  ['ETH', { price: 3_000, volume: 5e8 }],
  ['GALA', { price: 0.02, volume: 1e6 }],
]);

const of = (
  free: string,
  instruments = [market('BTC', '0.001'), market('ETH', '0.01'), market('GALA', '1')],
  preset = PRESET,
) => sizeFindings({ preset, free, quote: 'USDT', instruments, figures });

const codes = (free: string): string[] => of(free).map(({ level, code }) => `${level} ${code}`);

test('an account that no order could be made of is refused, with the figures', () => {
  assert.deepEqual(codes('8'), ['refuse ORDERS_TOO_SMALL']);
  const [finding] = of('8');
  assert.match(
    finding?.message ?? '',
    /too small for every one of 3 markets: one R is 0\.04 of 8 USDT.*GALA at most 4\.44 and at least 5 USDT/,
  );
});

test('an account that most markets are too large for is warned of, and one that fits is not', () => {
  assert.deepEqual(codes('40'), ['warn ORDERS_TOO_SMALL']);
  assert.match(of('40')[0]?.message ?? '', /2 of 3 markets.*BTC at most 0 and at least 60 USDT/);
  assert.deepEqual(codes('100000'), []);
  assert.deepEqual(codes('0'), [], 'an account without money is told of as that');
});

test('a target that most markets would not take is warned of', () => {
  // 111 USDT at most an order; a third of it is under one lot of BTC and of ETH.
  assert.deepEqual(codes('200'), ['warn TARGETS_TOO_SMALL']);
  assert.match(of('200')[0]?.message ?? '', /a target of 30 % of the position .* on 2 of 3 markets/);
  const { tp1_share: _, ...position } = PRESET.position;
  const without = { ...PRESET, position: { ...position, tp1_share: 0, tp2_share: 0 } };
  assert.deepEqual(of('200', undefined, without), []);
});

test('markets that the preset would not look at, or of which nothing is known, do not count', () => {
  const blacklist = ['BTC', 'ETH'];
  const without = { ...PRESET, universe: { ...PRESET.universe, blacklist } };
  assert.deepEqual(of('40', undefined, without), []);
  assert.deepEqual(of('8', [market('XYZ', '1')]), []);
  const one = { ...PRESET, universe: { ...PRESET.universe, top_n_by_volume: 1 } };
  assert.match(of('40', undefined, one)[0]?.message ?? '', /every one of 1 markets.*BTC/);
});
