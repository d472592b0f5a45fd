import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candleOf, volumeUnit } from '../../../src/venue/ccxt/candle.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';

const SYMBOL = 'ETH/USDT:USDT';
const OPENED = Date.UTC(2026, 2, 1, 12);
/** 250 contracts of 0.01 at 3,000, as each exchange tells them: 2.5 coins, 7,500 in all. */
const CONTRACTS = '250';
const COINS = 2.5;
const TURNOVER = '7500';
const PRICE = '3000';
const [O, H, L, C] = [PRICE, PRICE, PRICE, PRICE];

const MARKET = {
  id: 'ETH-USDT',
  symbol: SYMBOL,
  base: 'ETH',
  quote: 'USDT',
  settle: 'USDT',
  type: 'swap',
  spot: false,
  swap: true,
  linear: true,
  inverse: false,
  contractSize: 0.01,
  precision: { amount: 1, price: 0.01 },
  limits: {},
};

const TOLD: Readonly<Record<string, unknown>> = {
  bydfi: { s: 'ETH-USDT', t: String(OPENED), o: O, h: H, l: L, c: C, v: CONTRACTS },
  gate: { t: OPENED / 1_000, v: Number(CONTRACTS), o: O, h: H, l: L, c: C, sum: TURNOVER },
  kucoin: [OPENED, 3_000, 3_000, 3_000, 3_000, Number(CONTRACTS), Number(TURNOVER)],
  kucoinfutures: [OPENED, 3_000, 3_000, 3_000, 3_000, Number(CONTRACTS), Number(TURNOVER)],
  mexc: [OPENED, 3_000, 3_000, 3_000, 3_000, Number(CONTRACTS)],
  poloniex: [L, H, O, C, TURNOVER, CONTRACTS, '14', String(OPENED), String(OPENED + 299_999)],
  xt: { s: 'eth_usdt', t: OPENED, o: O, h: H, l: L, c: C, a: CONTRACTS, v: TURNOVER },
  // Of these ccxt takes the coins.
  okx: [String(OPENED), O, H, L, C, CONTRACTS, String(COINS), TURNOVER, '1'],
  bitget: [String(OPENED), O, H, L, C, String(COINS), TURNOVER],
};

for (const [id, told] of Object.entries(TOLD))
  test(`${id}: the volume of a perpetual's candle is in coins, not in contracts`, async () => {
    const made = await loadExchange(id);
    assert.ok(made !== null);
    const exchange = connect(made, { type: 'linear', quote: 'USDT', exact: false });
    exchange.setMarkets([MARKET]);
    const parse: unknown = Reflect.get(exchange, 'parseOHLCV');
    assert.ok(typeof parse === 'function');
    const row: unknown = parse.call(exchange, told, MARKET);
    assert.ok(Array.isArray(row));
    assert.equal(candleOf(row, volumeUnit(exchange, SYMBOL))?.volume, COINS);
  });
