import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Preflight } from '../../../src/venue/ccxt/preflight.ts';
import { type CcxtVenue, openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type ServedBybit, servedBybit } from './served-bybit.ts';

const SECRET = 'sEcReT-0123456789-ofTheTest';
const KEY = 'kEy-9876543210-ofTheTest';

let server: ServedBybit;
let venue: CcxtVenue;
const logged: string[] = [];

before(async () => {
  server = await servedBybit();
  venue = await openCcxtVenue({
    exchange: 'bybit',
    type: 'linear',
    quote: 'USDT',
    symbols: ['BTCUSDT'],
    credentials: { apiKey: KEY, secret: SECRET, source: 'test' },
    urls: server.urls,
    log: (...line) => logged.push(JSON.stringify(line)),
  });
});

after(async () => {
  await venue.close();
  await server.close();
});

const GOOD = {
  userID: 24_600_000,
  uta: 1,
  unified: 0,
  readOnly: 0,
  ips: ['203.0.113.7'],
  expiredAt: '2099-01-01T00:00:00Z',
  permissions: { ContractTrade: ['Order', 'Position'], Spot: ['SpotTrade'], Wallet: ['AccountTransfer'] },
};

beforeEach(() => {
  server.answer('/v5/user/query-api', () => ({ result: GOOD }));
  server.answer('/v5/account/wallet-balance', () => ({
    result: {
      list: [
        {
          accountType: 'UNIFIED',
          totalWalletBalance: '1000.12345678',
          coin: [
            {
              coin: 'USDT',
              walletBalance: '1000.12345678',
              equity: '1000.12345678',
              locked: '0',
              totalOrderIM: '0',
              totalPositionIM: '0',
            },
          ],
        },
      ],
    },
  }));
  server.answer('/v5/position/list', () => ({
    result: {
      category: 'linear',
      list: [{ symbol: 'BTCUSDT', positionIdx: 0, size: '0', side: '', leverage: '10', avgPrice: '0' }],
      nextPageCursor: '',
    },
  }));
});

async function look(): Promise<Preflight> {
  assert.ok(venue.account);
  return venue.account.preflight();
}

const codes = ({ findings }: Preflight): string[] => findings.map(({ level, code }) => `${level} ${code}`);

test('a key that may trade and no more, on an account in one-way mode, is fine', async () => {
  const found = await look();
  assert.deepEqual(codes(found), []);
  assert.deepEqual([found.account, found.free, found.hedged], ['24600000', '1000.12345678', false]);
});

test('a key that may withdraw is refused', async () => {
  const permissions = { ...GOOD.permissions, Wallet: ['AccountTransfer', 'Withdraw'] };
  server.answer('/v5/user/query-api', () => ({ result: { ...GOOD, permissions } }));
  assert.deepEqual(codes(await look()), ['refuse KEY_MAY_WITHDRAW']);
});

test('a key that may only read is refused, one good from anywhere is told of', async () => {
  server.answer('/v5/user/query-api', () => ({ result: { ...GOOD, readOnly: 1, ips: ['*'] } }));
  assert.deepEqual(codes(await look()), ['refuse KEY_MAY_NOT_TRADE', 'warn KEY_FROM_ANYWHERE']);
});

test('an account in hedge mode is refused: a stop there would open the other side', async () => {
  server.answer('/v5/position/list', () => ({
    result: {
      category: 'linear',
      list: [1, 2].map((positionIdx) => ({
        symbol: 'BTCUSDT',
        positionIdx,
        size: '0',
        side: '',
        leverage: '10',
      })),
      nextPageCursor: '',
    },
  }));
  assert.deepEqual(codes(await look()), ['refuse HEDGE_MODE']);
});

test('a classic account is refused', async () => {
  server.answer('/v5/user/query-api', () => ({ result: { ...GOOD, uta: 0 } }));
  assert.ok(codes(await look()).includes('refuse ACCOUNT_UNFIT'));
});

test('a leverage that is so already is no error, one that cannot be had is', async () => {
  server.answer('/v5/position/set-leverage', () => ({ retCode: 110043, retMsg: 'leverage not modified' }));
  assert.ok(venue.account);
  assert.deepEqual(await venue.account.hold({ leverage: 3 }), []);
  assert.deepEqual(server.bodies('/v5/position/set-leverage').at(-1)?.buyLeverage, '3');
  server.answer('/v5/position/set-leverage', () => ({
    retCode: 110013,
    retMsg: 'cannot set leverage gt maxLeverage',
  }));
  const [refused, ...more] = await venue.account.hold({ leverage: 500 });
  assert.deepEqual([refused?.level, refused?.code, more], ['refuse', 'LEVERAGE', []]);
});

test('a revoked key is told as that, and neither key nor secret is in any word of it', async () => {
  server.answer('/v5/user/query-api', () => ({ retCode: 10003, retMsg: 'API key is invalid.' }));
  const found = await look();
  assert.deepEqual(codes(found), ['refuse KEY_REFUSED']);
  const signed = server.asked.find(({ path }) => path === '/v5/user/query-api');
  assert.equal(signed?.headers['x-bapi-api-key'], KEY, 'the request was signed');
  const words = JSON.stringify([found, venue.troubles, logged]);
  for (const hidden of [KEY, SECRET, String(signed?.headers['x-bapi-sign'])])
    assert.ok(!words.includes(hidden), words);
});
