/** What has to be so before real money is traded, and what is said where it is not. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPreset } from '../../src/config/presets.ts';
import type { OpenRequest } from '../../src/session/host-options.ts';
import { Refusal, type RefusalCode } from '../../src/session/refusal.ts';
import { openVenue } from '../../src/session/venues.ts';
import { keysOf, type LiveExchange, liveExchange, venueOf } from './exchange.ts';

const LIVE: OpenRequest = { venue: 'bybit', mode: 'live' };

async function refused(
  exchange: LiveExchange,
  code: RefusalCode,
  words: RegExp,
  request = LIVE,
  env?: Record<string, string>,
) {
  await assert.rejects(exchange.open(request, env), (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  });
}

/** The account as the refusal names it. */
async function nameOf(exchange: LiveExchange, request = LIVE): Promise<string> {
  const error = await exchange.open(request).then(
    () => null,
    (refusal: unknown) => refusal,
  );
  assert.ok(error instanceof Refusal);
  const name = /on account (\S+) \(/.exec(error.message)?.[1];
  assert.ok(name);
  return name;
}

test('real money is traded on the account that was named and on no other', async (t) => {
  const exchange = await liveExchange(t);
  await refused(
    exchange,
    'CONFIRMATION_REQUIRED',
    /real money on account bybit-[0-9a-f]{8} \(100000 USDT free\)/,
  );
  await refused(exchange, 'CONFIRMATION_REQUIRED', /^"yes" is not this account: .* bybit-/, {
    ...LIVE,
    confirm: 'yes',
  });
  const name = await nameOf(exchange);
  const venue = await exchange.open({ ...LIVE, confirm: name });
  assert.equal(venue.equity, '100000');
  assert.deepEqual(
    venue.assumed,
    ['start equity: the 100000 that the account has free'],
    'no simulated costs',
  );
  assert.ok(
    venue.warnings.some((warning) => /good from any address/.test(warning)),
    'who starts is told',
  );
  assert.deepEqual(
    venue.instruments.map(({ symbol }) => symbol),
    ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'FET/USDT:USDT', 'GALA/USDT:USDT'],
  );
  venue.close();
});

for (const protocol of ['bybit', 'binance'] as const)
  test(`on ${protocol}, leverage and margin mode are left as they are until the account is confirmed: what is open there hangs on them`, async (t) => {
    const exchange = await liveExchange(t, { protocol });
    const { control } = exchange.emulator;
    Object.assign(exchange.settings, { leverage: 3, margin_mode: 'isolated' });
    const request: OpenRequest = { ...LIVE, venue: venueOf(exchange.emulator) };
    const before = control.margin('BTCUSDT');
    const name = await nameOf(exchange, request);
    await refused(exchange, 'CONFIRMATION_REQUIRED', /is not this account/, { ...request, confirm: 'yes' });
    control.setKey({ withdraw: true });
    await refused(exchange, 'PREFLIGHT_REFUSED', /KEY_MAY_WITHDRAW/, { ...request, confirm: name });
    control.setKey({ withdraw: false });
    assert.deepEqual(control.margin('BTCUSDT'), before);
    (await exchange.open({ ...request, confirm: name })).close();
    assert.deepEqual(control.margin('BTCUSDT'), { mode: 'isolated', leverage: '3' });
  });

test('a start with the test environment trades there, whatever the settings say, and names another account', async (t) => {
  const exchange = await liveExchange(t);
  const sandbox: OpenRequest = { ...LIVE, sandbox: true };
  const play = /play money of the test environment on account bybit-sandbox-[0-9a-f]{8} /;
  await refused(exchange, 'CONFIRMATION_REQUIRED', play, sandbox);
  await refused(exchange, 'CONFIRMATION_REQUIRED', play, { ...sandbox, confirm: await nameOf(exchange) });
  await assert.rejects(openVenue({ venue: 'sim', sandbox: true }), /venue sim takes no `sandbox`/);
});

test('a session that goes on trades the account that it was begun on and no other, whatever keys and settings there are now', async (t) => {
  const exchange = await liveExchange(t);
  const name = await nameOf(exchange);
  const goesOn: OpenRequest = { ...LIVE, goesOn: true, account: name };
  (await exchange.open(goesOn)).close();
  const other = /begun on account bybit-[0-9a-f]{8}, .* account bybit-sandbox-[0-9a-f]{8} now/;
  await refused(exchange, 'PREFLIGHT_REFUSED', other, { ...goesOn, sandbox: true });
  // Of one of before it was written down there is nothing to hold it to.
  (await exchange.open({ ...LIVE, goesOn: true })).close();
});

test('without keys it says where they belong; a file that others can read is not taken', async (t) => {
  const exchange = await liveExchange(t);
  await refused(
    exchange,
    'CREDENTIALS_MISSING',
    /BREAKOUT_BYBIT_API_KEY.*bybit\.keys \(mode 0600\).*LoadCredential/,
    LIVE,
    {},
  );
  const file = join(exchange.configDir, 'bybit.keys');
  writeFileSync(file, `api_key = ${exchange.emulator.apiKey}\nsecret = ${exchange.emulator.secret}\n`);
  chmodSync(file, 0o644);
  await assert.rejects(exchange.open(LIVE, {}), /can be read by others: chmod 600/);
  chmodSync(file, 0o600);
  await refused(exchange, 'CONFIRMATION_REQUIRED', /bybit-/, LIVE, {});
});

test('a key that may withdraw, a hedged account and orders of an earlier session are refused by name', async (t) => {
  const exchange = await liveExchange(t);
  const { control } = exchange.emulator;
  control.setKey({ withdraw: true });
  await refused(exchange, 'PREFLIGHT_REFUSED', /may withdraw.*\(KEY_MAY_WITHDRAW\)/);
  control.setKey({ withdraw: false });
  control.setHedged(true);
  await refused(exchange, 'PREFLIGHT_REFUSED', /hedge mode.*\(HEDGE_MODE\)/);
  control.setHedged(false);
  const venue = await exchange.open({ ...LIVE, confirm: await nameOf(exchange) });
  await new Promise((resolve) =>
    venue.broker.submit(
      {
        id: 1,
        tradeId: 1,
        symbol: 'BTC/USDT:USDT',
        side: 'buy',
        type: 'limit',
        purpose: 'entry',
        quantity: '0.01',
        price: '50000',
        stopPrice: null,
        reduceOnly: false,
      },
      'bo-20260101T000000-test-1-1',
      resolve,
    ),
  );
  venue.close();
  await refused(
    exchange,
    'PREFLIGHT_REFUSED',
    /earlier session.*bo-20260101T000000-test-1-1.*\(ORPHAN_ORDERS\)/,
  );
});

test('on binance, a key whose rights cannot be asked for just now may be one that may withdraw: no session begins on it, one that goes on does', async (t) => {
  const exchange = await liveExchange(t, { protocol: 'binance' });
  const { control } = exchange.emulator;
  const request: OpenRequest = { ...LIVE, venue: venueOf(exchange.emulator) };
  const name = await nameOf(exchange, request);
  const rights = { match: 'account/apiRestrictions', times: 1 };
  for (const fault of [{ kind: 'status', status: 503, acted: false }, { kind: 'drop-reply' }] as const) {
    control.requestFault(fault, rights);
    await refused(exchange, 'PREFLIGHT_REFUSED', /try again.*\(KEY_RIGHTS_UNKNOWN\)/, {
      ...request,
      confirm: name,
    });
    control.requestFault(fault, rights);
    const venue = await exchange.open({ ...request, goesOn: true });
    assert.ok(venue.warnings.some((warning) => /what the key may do/.test(warning)));
    venue.close();
  }
  // Where that is never told, as in a test environment, a person has to look.
  control.requestFault({ kind: 'status', status: 404, acted: false }, rights);
  const venue = await exchange.open({ ...request, confirm: name });
  assert.ok(venue.warnings.some((warning) => /see that it cannot withdraw/.test(warning)));
  venue.close();
});

test('a start that cannot know the exchange’s time is refused; a session that goes on waits until it can', async (t) => {
  const exchange = await liveExchange(t);
  const { control } = exchange.emulator;
  // Each of three looks at the time takes so long that it is known to more than two seconds only.
  control.requestFault({ kind: 'delay-reply', ms: 4_200 }, { match: '/v5/market/time', times: 1_000 });
  await Promise.all([
    refused(exchange, 'PREFLIGHT_REFUSED', /\(CLOCK_SKEW\)/),
    refused(exchange, 'EXCHANGE_UNREACHABLE', /time is known to/, { ...LIVE, goesOn: true }),
  ]);
});

for (const protocol of ['bybit', 'binance'] as const) {
  test(`on ${protocol}, an account that is too small for every market is refused before it waits for trades in vain`, async (t) => {
    const exchange = await liveExchange(t, { protocol, wallet: { USDT: '6' } });
    const preset = loadPreset('breakout_v1', exchange.configDir);
    const request = { ...LIVE, venue: venueOf(exchange.emulator), preset };
    await refused(
      exchange,
      'PREFLIGHT_REFUSED',
      /too small for every one of 4 markets: one R is 0\.03 of 6 USDT.*\(ORDERS_TOO_SMALL\)/,
      request,
    );
    // One that goes on has positions to look after.
    (await exchange.open({ ...request, goesOn: true })).close();
  });
}

test('a symbol that the exchange does not have is not left out without a word; a session that goes on does', async (t) => {
  const exchange = await liveExchange(t);
  const request: OpenRequest = { venue: 'bybit', mode: 'paper', symbols: ['BTCUSDT', 'NOPEUSDT'] };
  await refused(exchange, 'DATA_INVALID', /^NOPEUSDT: no linear perpetual in USDT of that name$/, request);
  const venue = await exchange.open({ ...request, goesOn: true });
  assert.deepEqual(
    venue.instruments.map(({ symbol }) => symbol),
    ['BTC/USDT:USDT'],
  );
  assert.equal(venue.assumed.filter((line) => line.includes('the spread of a quote')).length, 1);
  venue.close();
});

test('an exchange that can be traded on paper alone is refused before anybody makes keys for it', async (t) => {
  const exchange = await liveExchange(t);
  await refused(
    exchange,
    'VENUE_UNKNOWN',
    /kraken can be traded on paper alone/,
    { venue: 'kraken', mode: 'live' },
    {},
  );
  await refused(
    exchange,
    'VENUE_UNKNOWN',
    /okx can be traded on paper alone/,
    { venue: 'okx', mode: 'live' },
    {},
  );
});

test('an exchange that cannot be reached, or that there is not, is said so; a secret is in no refusal', async (t) => {
  const exchange = await liveExchange(t);
  await refused(
    exchange,
    'VENUE_UNKNOWN',
    /mars/,
    { venue: 'mars', mode: 'live' },
    {
      BREAKOUT_MARS_API_KEY: 'k',
      BREAKOUT_MARS_SECRET: 's',
    },
  );
  await refused(exchange, 'DATA_INVALID', /takes no `seed`/, { ...LIVE, seed: 3 });
  await refused(exchange, 'PREFLIGHT_REFUSED', /refuses the key/, LIVE, {
    ...keysOf(exchange.emulator),
    BREAKOUT_BYBIT_SECRET: 'not-the-secret',
  });
  assert.ok(!exchange.log.join().includes('not-the-secret'));
  await exchange.emulator.stop();
  await refused(exchange, 'EXCHANGE_UNREACHABLE', /bybit cannot be reached/);
});
