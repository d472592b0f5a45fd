import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OrderRequest } from '../../../src/engine/output.ts';
import type { AccountBooks, Answer, Broker, LookUp } from '../../../src/venue/broker.ts';
import { type CcxtVenue, openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type Reply, type ServedBybit, servedBybit } from './served-bybit.ts';

const CREATE = '/v5/order/create';
const ID = 'bo-20261128T203336-abcd-7-1';
const BTC = 'BTC/USDT:USDT';
const PEPE = '1000PEPE/USDT:USDT';

let server: ServedBybit;
let venue: CcxtVenue;
let broker: Broker;

before(async () => {
  server = await servedBybit();
  venue = await openCcxtVenue({
    exchange: 'bybit',
    type: 'linear',
    quote: 'USDT',
    credentials: { apiKey: 'key-of-a-test', secret: 'secret-of-a-test', source: 'test' },
    urls: server.urls,
  });
  assert.ok(venue.account);
  broker = venue.account.broker;
});

after(async () => {
  await venue.close();
  await server.close();
});

beforeEach(() => {
  server.answer(CREATE, () => ({ result: { orderId: 'v-1', orderLinkId: ID } }));
});

function order(over: Partial<OrderRequest>): OrderRequest {
  return {
    id: 7,
    tradeId: 1,
    symbol: BTC,
    side: 'buy',
    type: 'limit',
    purpose: 'entry',
    quantity: '0.003',
    price: '64000.1',
    stopPrice: null,
    reduceOnly: false,
    ...over,
  };
}

const submit = (request: OrderRequest, id = ID): Promise<Answer> =>
  new Promise((resolve) => broker.submit(request, id, resolve));
const lookUp = (symbol: string, id: string): Promise<LookUp> =>
  new Promise((resolve) => broker.lookUp(symbol, id, resolve));

test('the instruments have the tick, lot, smallest value and fees that orders need', () => {
  assert.deepEqual(
    venue.instruments.map(({ symbol, tick, lot, minNotional, takerFee }) => [
      symbol,
      tick,
      lot,
      minNotional,
      takerFee,
    ]),
    [
      [PEPE, '0.0000001', '100', '5', 0.0006],
      [BTC, '0.1', '0.001', '5', 0.0006],
      ['ETH/USDT:USDT', '0.01', '0.01', '5', 0.0006],
    ],
  );
});

test('a limit order goes out with exactly the decimals that were given', async () => {
  assert.deepEqual(await submit(order({})), { kind: 'done' });
  const { qty, price, orderLinkId, orderType, side, reduceOnly } = server.bodies(CREATE).at(-1) ?? {};
  assert.deepEqual(
    { qty, price, orderLinkId, orderType, side, reduceOnly },
    {
      qty: '0.003',
      price: '64000.1',
      orderLinkId: ID,
      orderType: 'Limit',
      side: 'Buy',
      reduceOnly: undefined,
    },
  );
});

test('a protective stop is a reduce-only market order that waits for its price from the right side', async () => {
  await submit(
    order({ type: 'stop', side: 'sell', purpose: 'stop', price: null, stopPrice: '63100', reduceOnly: true }),
  );
  await submit(
    order({
      type: 'stop',
      side: 'buy',
      purpose: 'stop',
      price: null,
      stopPrice: '66000.5',
      reduceOnly: true,
    }),
  );
  const [long, short] = server.bodies(CREATE).slice(-2);
  assert.deepEqual(
    [long, short].map((body) => [
      body?.orderType,
      body?.triggerPrice,
      body?.triggerDirection,
      body?.reduceOnly,
      body?.side,
    ]),
    [
      ['Market', '63100', 2, true, 'Sell'],
      ['Market', '66000.5', 1, true, 'Buy'],
    ],
  );
});

test('a price of a very small coin is neither rounded nor written with an exponent', async () => {
  await submit(order({ symbol: PEPE, quantity: '1234500', price: '0.0000003' }));
  const body = server.bodies(CREATE).at(-1);
  assert.deepEqual([body?.qty, body?.price], ['1234500', '0.0000003']);
});

test('an order off the grid is refused here and never sent with other figures', async () => {
  const before = server.bodies(CREATE).length;
  assert.equal((await submit(order({ price: '64000.15' }))).kind, 'refused');
  assert.equal((await submit(order({ quantity: '0.0035' }))).kind, 'refused');
  assert.equal(server.bodies(CREATE).length, before);
});

const REALTIME = '/v5/order/realtime';
const HISTORY = '/v5/order/history';

const FATES: readonly (readonly [what: string, reply: Reply, kind: Answer['kind']])[] = [
  ['too little margin', { retCode: 110007, retMsg: 'ab not enough for new order' }, 'refused'],
  ['a wrong parameter', { retCode: 10001, retMsg: 'params error' }, 'refused'],
  [
    'a stop that the price has passed',
    { retCode: 110093, retMsg: 'expect Falling, but trigger_price' },
    'refused',
  ],
  [
    'a reduce-only order without a position',
    { retCode: 110017, retMsg: 'reduce-only rule not satisfied' },
    'refused',
  ],
  ['a revoked key', { retCode: 10003, retMsg: 'API key is invalid.' }, 'refused'],
  ['a key without the right', { retCode: 10005, retMsg: 'Permission denied' }, 'refused'],
  ['a client order id that is taken', { retCode: 110072, retMsg: 'OrderLinkedID is duplicate' }, 'unknown'],
  [
    'a request that came too late',
    { retCode: 10002, retMsg: 'invalid request, please check your server timestamp' },
    'unknown',
  ],
  ['an error inside of the exchange', { retCode: 10016, retMsg: 'Internal System Error' }, 'unknown'],
  ['a code that nobody knows', { retCode: 987654, retMsg: 'something new' }, 'unknown'],
  ['a 502', { status: 502, text: '<html>bad gateway</html>' }, 'unknown'],
  ['a 504', { status: 504, text: '' }, 'unknown'],
  ['a reply that is no JSON', { status: 200, text: 'maintenance' }, 'unknown'],
  ['a connection that breaks after the request', 'drop', 'unknown'],
];

for (const [what, reply, kind] of FATES) {
  test(`what became of an order: ${what} is ${kind}`, async () => {
    server.answer(CREATE, () => reply);
    for (const path of [REALTIME, HISTORY])
      server.answer(path, () => ({ result: { category: 'linear', list: [], nextPageCursor: '' } }));
    const answer = await submit(order({}));
    assert.equal(answer.kind, kind, JSON.stringify(answer));
    assert.ok(!JSON.stringify(answer).includes('test'), 'no key, no secret in what is said of it');
  });
}

const NOT_ASKED: readonly (readonly [what: string, reply: Reply])[] = [
  ['a rate limit', { retCode: 10006, retMsg: 'Too many visits!' }],
  ['a wrong parameter', { retCode: 10001, retMsg: 'params error' }],
];

for (const [what, reply] of NOT_ASKED) {
  test(`a refused order that cannot be asked for, because of ${what}, is unknown: it may be the second of one request`, async () => {
    server.answer(CREATE, () => ({ retCode: 110017, retMsg: 'reduce-only rule not satisfied' }));
    for (const path of [REALTIME, HISTORY]) server.answer(path, () => reply);
    assert.equal((await submit(order({ type: 'market', price: null, reduceOnly: true }))).kind, 'unknown');
  });
}

test('an order is sent once, whatever comes back', async () => {
  server.answer(CREATE, () => ({ status: 503, text: '' }));
  const before = server.bodies(CREATE).length;
  await submit(order({}));
  assert.equal(server.bodies(CREATE).length, before + 1);
});

test('too many requests: asked again later, and nothing is sent meanwhile', async () => {
  server.answer(CREATE, () => ({ retCode: 10006, retMsg: 'Too many visits!' }));
  assert.equal((await submit(order({}))).kind, 'later');
  const before = server.bodies(CREATE).length;
  const held = submit(order({}));
  assert.equal(server.bodies(CREATE).length, before);
  await held;
});

const EXECUTIONS = '/v5/execution/list';

function record(over: object): object {
  return {
    symbol: 'BTCUSDT',
    orderType: 'Market',
    orderLinkId: ID,
    orderId: 'v-1',
    avgPrice: '63090.05',
    stopOrderType: 'Stop',
    orderStatus: 'Filled',
    cumExecValue: '189.27015',
    rejectReason: 'EC_NoError',
    cancelType: 'UNKNOWN',
    price: '0',
    createdTime: '1732800000000',
    updatedTime: '1732800100000',
    side: 'Sell',
    triggerPrice: '63100.0',
    triggerDirection: 2,
    leavesQty: '0',
    cumExecQty: '0.003',
    reduceOnly: true,
    qty: '0.003',
    tpslMode: '',
    positionIdx: 0,
    ...over,
  };
}

function execution(execId: string, execQty: string): object {
  return {
    symbol: 'BTCUSDT',
    orderLinkId: ID,
    orderId: 'v-1',
    side: 'Sell',
    execTime: '1732800100000',
    isMaker: false,
    execFee: '0.034702',
    feeRate: '0.00055',
    execId,
    execPrice: '63090.05',
    execType: 'Trade',
    execQty,
    execValue: '63.09',
    leavesQty: '0',
  };
}

function books(live: readonly object[], ended: readonly object[], fills: readonly object[]): void {
  server.answer(REALTIME, () => ({ result: { category: 'linear', list: live, nextPageCursor: '' } }));
  server.answer(HISTORY, () => ({ result: { category: 'linear', list: ended, nextPageCursor: '' } }));
  server.answer(EXECUTIONS, () => ({ result: { category: 'linear', list: fills, nextPageCursor: '' } }));
}

test('an order is found by its client order id with every fill, to the last decimal', async () => {
  books([], [record({})], [execution('e-1', '0.001'), execution('e-2', '0.002')]);
  const found = await lookUp(BTC, ID);
  assert.deepEqual(found, {
    kind: 'found',
    order: {
      clientId: ID,
      symbol: BTC,
      status: 'filled',
      quantity: '0.003',
      stopPrice: '63100',
      reason: 'closed',
      fills: ['e-1', 'e-2'].map((fillId, i) => ({
        fillId,
        price: '63090.05',
        quantity: i === 0 ? '0.001' : '0.002',
        fee: '0.034702',
        feeIn: 'quote',
        liquidity: 'taker',
        filledAt: 1_732_800_100_000,
      })),
    },
  });
});

test('an order that says it has filled more than its fills do is looked up again: none is forgotten', async () => {
  books([], [record({})], [execution('e-1', '0.001')]);
  assert.equal((await lookUp(BTC, ID)).kind, 'failed');
});

test('an order that was cancelled with a part filled is cancelled, with that fill', async () => {
  books(
    [],
    [record({ orderStatus: 'PartiallyFilledCanceled', cumExecQty: '0.001', leavesQty: '0' })],
    [execution('e-1', '0.001')],
  );
  const found = await lookUp(BTC, ID);
  assert.ok(found.kind === 'found');
  assert.deepEqual([found.order.status, found.order.fills.length], ['cancelled', 1]);
});

test('an order that was never there is absent; one that was shown once has to be denied three times', async () => {
  books([], [], []);
  assert.equal((await lookUp(BTC, 'bo-20261128T203336-abcd-99-1')).kind, 'absent');
  books([record({ orderStatus: 'Untriggered', cumExecQty: '0' })], [], []);
  assert.equal((await lookUp(BTC, ID)).kind, 'found');
  books([], [], []);
  const kinds = [await lookUp(BTC, ID), await lookUp(BTC, ID), await lookUp(BTC, ID)].map(({ kind }) => kind);
  assert.deepEqual(kinds, ['failed', 'failed', 'absent']);
});

test('a trailing stop is amended in place, with its new quantity and price', async () => {
  server.answer('/v5/order/amend', () => ({ result: { orderId: 'v-1', orderLinkId: ID } }));
  books([record({ orderStatus: 'Untriggered', cumExecQty: '0' })], [], []);
  const answer = await new Promise<Answer>((resolve) =>
    broker.amend(BTC, ID, { quantity: '0.002', stopPrice: '63500.5' }, resolve),
  );
  assert.deepEqual(answer, { kind: 'done' });
  const { qty, triggerPrice, orderLinkId } = server.bodies('/v5/order/amend').at(-1) ?? {};
  assert.deepEqual([qty, triggerPrice, orderLinkId], ['0.002', '63500.5', ID]);
});

test('positions and orders count only when nothing moved between the looks', async () => {
  const sizes = ['0.003', '0.005', '0.005', '0.005', '0.005'];
  server.answer('/v5/position/list', () => ({
    result: {
      category: 'linear',
      list: [
        {
          symbol: 'BTCUSDT',
          side: 'Sell',
          size: sizes.shift() ?? '0.005',
          avgPrice: '64000',
          positionIdx: 0,
        },
      ],
      nextPageCursor: '',
    },
  }));
  books(
    [
      record({ orderStatus: 'Untriggered', cumExecQty: '0' }),
      record({ orderLinkId: 'web-1', orderId: 'v-9', orderStatus: 'New', cumExecQty: '0' }),
    ],
    [],
    [],
  );
  const found = await new Promise<AccountBooks | null>((resolve) => broker.account(resolve));
  assert.deepEqual(found && [...found.positions], [[BTC, { quantity: '-0.005', price: '64000' }]]);
  assert.deepEqual(found?.open, [
    { clientId: ID, symbol: BTC },
    { clientId: null, symbol: BTC },
  ]);
});
