/** The gateway against a venue that answers by hand: each order's fate is told once, whatever answers stay out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderReport } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { Gateway } from '../../../src/session/live/gateway.ts';
import type { Answer, Broker, BrokerOrder, LookUp, OwnFill } from '../../../src/venue/broker.ts';
import { HandClock } from './kit.ts';

const SESSION = 'h';
const STOP: OrderRequest = {
  id: 2,
  tradeId: 1,
  symbol: 'BTCUSDT',
  side: 'sell',
  type: 'stop',
  purpose: 'stop',
  quantity: '0.4',
  price: null,
  stopPrice: '104',
  reduceOnly: true,
};

type Asked = 'submit' | 'cancel' | 'amend';

/** What the venue has of each client order id, and the answers that the test has yet to give. */
class HandVenue implements Broker {
  readonly capabilities = { amend: true };
  readonly acts = null;
  fillsSince = (_symbol: string, _since: number, answer: (fills: readonly OwnFill[]) => void): void =>
    answer([]);
  idsSince = (_since: number, answer: (ids: readonly string[]) => void): void => answer([]);
  readonly validityMs = 5_000;
  readonly books = new Map<string, BrokerOrder>();
  readonly sent: string[] = [];
  readonly #answers = new Map<Asked, (answer: Answer) => void>();

  submit(_order: OrderRequest, clientId: string, answer: (answer: Answer) => void): void {
    this.sent.push(clientId);
    this.#answers.set('submit', answer);
  }
  cancel(_symbol: string, _clientId: string, answer: (answer: Answer) => void): void {
    this.#answers.set('cancel', answer);
  }
  amend(_symbol: string, _clientId: string, _change: object, answer: (answer: Answer) => void): void {
    this.#answers.set('amend', answer);
  }
  lookUp(_symbol: string, clientId: string, answer: (found: LookUp) => void): void {
    const order = this.books.get(clientId);
    const found: LookUp = order === undefined ? { kind: 'absent' } : { kind: 'found', order };
    if (this.held === null) answer(found);
    else this.held.push(() => answer(found));
  }
  /** What was found, kept back while it is not null. */
  held: (() => void)[] | null = null;
  account(): void {
    throw new Error('nobody asks for the account here');
  }

  answer(asked: Asked, answer: Answer): void {
    const give = this.#answers.get(asked);
    assert.ok(give, `no ${asked} waits for an answer`);
    this.#answers.delete(asked);
    give(answer);
  }

  has(clientId: string, order: Partial<BrokerOrder> = {}): void {
    const { symbol, quantity, stopPrice } = STOP;
    this.books.set(clientId, {
      clientId,
      symbol,
      quantity,
      stopPrice,
      status: 'open',
      reason: '',
      fills: [],
      ...order,
    });
  }
}

const ID = 'bo-h-2-1';
const FILL = {
  fillId: 'x1',
  price: '104',
  quantity: '0.4',
  fee: '0',
  feeIn: 'quote',
  liquidity: 'taker',
} as const;

function rig() {
  const clock = new HandClock();
  const venue = new HandVenue();
  const reports: OrderReport[] = [];
  const report = (each: OrderReport) => {
    reports.push(each);
  };
  const gateway = new Gateway({ session: SESSION, broker: venue, clock, report });
  return { clock, venue, gateway, reports, told: () => reports.map(({ status }) => status) };
}

function working() {
  const it = rig();
  it.gateway.submit(STOP);
  it.venue.has(ID);
  it.venue.answer('submit', { kind: 'done' });
  it.reports.length = 0;
  return it;
}

test('a lost reply makes an order unknown and no second one is sent; what it became is told when it is found', () => {
  const { clock, venue, gateway, told } = rig();
  gateway.submit(STOP);
  venue.has(ID);
  clock.advance(5_000);
  assert.deepEqual(told(), ['unknown']);
  clock.advance(300);
  assert.deepEqual(told(), ['unknown', 'accepted']);
  assert.deepEqual(venue.sent, [ID]);
});

test('an order that the venue does not know is lost only once its request is too old to arrive', () => {
  const { clock, venue, gateway, told } = rig();
  gateway.submit(STOP);
  venue.answer('submit', { kind: 'unknown', reason: 'timeout' });
  clock.advance(4_900);
  assert.deepEqual(told(), ['unknown']);
  clock.advance(10_000);
  assert.deepEqual(told(), ['unknown', 'lost']);
});

test('a stop that met a rate limit is sent again under a new id, which the venue has not refused', () => {
  const { clock, venue, gateway, told } = rig();
  gateway.submit(STOP);
  venue.answer('submit', { kind: 'later', afterMs: 1_000, reason: 'too many' });
  assert.deepEqual([venue.sent, told()], [[ID], []]);
  clock.advance(1_000);
  assert.deepEqual(venue.sent, [ID, 'bo-h-2-2']);
});

test('a refused amend is told although a cancel was asked for meanwhile: its order would wait for ever', () => {
  const { venue, clock, gateway, told } = working();
  gateway.amend(STOP.id, '0.7', '104');
  venue.has(ID, { status: 'filled', fills: [FILL] });
  // The look-up that the refusal starts is still under way when the cancel is refused as well.
  venue.answer('amend', { kind: 'refused', reason: 'filled' });
  gateway.cancel(STOP.id);
  venue.answer('cancel', { kind: 'refused', reason: 'filled' });
  clock.advance(5_000);
  assert.deepEqual(told(), ['fill', 'amend_rejected']);
});

test('an amend and a cancel of which nothing is known are both answered by what the venue has', () => {
  const { venue, clock, gateway, told } = working();
  gateway.amend(STOP.id, '0.7', '104');
  gateway.cancel(STOP.id);
  venue.answer('amend', { kind: 'unknown', reason: 'timeout' });
  venue.answer('cancel', { kind: 'unknown', reason: 'timeout' });
  venue.has(ID, { quantity: '0.7' });
  clock.advance(5_000);
  assert.deepEqual(told().sort(), ['amended', 'cancel_rejected']);
});

test('a push that comes again, or of an order of somebody else, tells nothing new', () => {
  const { gateway, told } = working();
  gateway.pushed({ kind: 'accepted', clientId: ID });
  gateway.pushed({ kind: 'fill', clientId: 'bo-other-2-1', fill: FILL });
  gateway.pushed({ kind: 'fill', clientId: 'web-4711', fill: FILL });
  assert.deepEqual(told(), []);
});

test('a cancel that was taken counts when the venue shows it, with the fills that came before', () => {
  const { venue, clock, gateway, told } = working();
  gateway.cancel(STOP.id);
  venue.answer('cancel', { kind: 'done' });
  assert.deepEqual(told(), []);
  venue.has(ID, { status: 'cancelled', reason: 'requested', fills: [{ ...FILL, quantity: '0.1' }] });
  clock.advance(2_000);
  assert.deepEqual(told(), ['fill', 'cancelled']);
});

test('where every answer comes after its time, what has filled and what is over is heard of all the same: nothing would ever be', () => {
  const { clock, venue, gateway, reports, told } = working();
  const late: (() => void)[] = [];
  venue.held = late;
  let heard = 0;
  gateway.lookUpAll(() => {
    heard += 1;
  });
  clock.advance(0);
  const half = { ...FILL, quantity: '0.1' };
  venue.has(ID, { fills: [half] });
  clock.advance(12_000);
  venue.has(ID, { status: 'cancelled', reason: 'expired', fills: [half] });
  clock.advance(20_000);
  assert.deepEqual([told(), heard], [[], 0]);
  for (const answer of late.slice(0, 2)) answer();
  assert.deepEqual([told(), heard], [['fill'], 0]);
  for (const answer of late.slice(2)) answer();
  clock.advance(20_000);
  assert.deepEqual([told().at(-1), heard], ['cancelled', 1]);
  assert.equal(reports.filter(({ status }) => status === 'cancelled').length, 1);
});

test('a late answer from before a cancel does not say that the cancel failed', () => {
  const { clock, venue, gateway, told } = working();
  const late: (() => void)[] = [];
  venue.held = late;
  gateway.lookUpAll(() => undefined);
  clock.advance(5_000);
  gateway.cancel(2);
  venue.answer('cancel', { kind: 'done' });
  for (const answer of late) answer();
  assert.deepEqual(told(), []);
});

test('an order that is asked for at a restart is found although the answer comes after its time, and told of once', () => {
  const { clock, venue, gateway } = rig();
  venue.has(ID);
  const late: (() => void)[] = [];
  venue.held = late;
  const found: (string | undefined)[] = [];
  gateway.find(2, STOP.symbol, (order) => found.push(order?.clientId));
  clock.advance(30_000);
  for (const answer of late) answer();
  clock.advance(30_000);
  assert.deepEqual(found, [ID]);
  const { length } = late;
  clock.advance(30_000);
  assert.equal(late.length, length, 'it is not asked for any more');
});

test('that an order is not there is known at a restart although every answer comes after its time: the session would never be taken up', () => {
  const { clock, venue, gateway } = rig();
  const late: (() => void)[] = [];
  venue.held = late;
  const found: (string | undefined)[] = [];
  gateway.find(2, STOP.symbol, (order) => found.push(order?.clientId));
  for (let times = 0; times < 20; times += 1) {
    clock.advance(6_000);
    for (const answer of late.splice(0)) answer();
  }
  assert.deepEqual(found, [undefined]);
});

test('an order whose answers all come after their time is told as accepted once one shows that it rests: a stop would be taken for missing for ever', () => {
  const { clock, venue, gateway, told } = rig();
  gateway.submit(STOP);
  const late: (() => void)[] = [];
  venue.held = late;
  venue.has(ID);
  clock.advance(20_000);
  assert.deepEqual(told(), ['unknown']);
  for (const answer of late) answer();
  assert.deepEqual(told(), ['unknown', 'accepted']);
});

test('an order that never arrived is known as lost although every answer comes after its time: an exit would not be sent again', () => {
  const { clock, venue, gateway, told } = rig();
  const late: (() => void)[] = [];
  venue.held = late;
  gateway.submit(STOP);
  gateway.lookUpAll(() => undefined);
  clock.advance(5_100);
  for (const answer of late.splice(0)) answer();
  assert.deepEqual(told(), ['unknown'], 'asked for while its request may yet arrive');
  clock.advance(20_000);
  for (const answer of late.splice(0)) answer();
  assert.deepEqual(told(), ['unknown', 'lost']);
});
