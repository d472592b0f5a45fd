/** The account's list of fills, asked where what is held differs from what own fills come to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Input } from '../../../src/engine/input.ts';
import { MINUTE, SECOND } from '../../../src/market/time.ts';
import { clientOrderId } from '../../../src/session/keeping/client-order-id.ts';
import { UnheardFills } from '../../../src/session/live/unheard-fills.ts';
import type { OwnFill } from '../../../src/venue/broker.ts';
import { atOnce, entryClaim } from './kit.ts';

const [BTC, ETH] = ['BTC/USDT:USDT', 'ETH/USDT:USDT'];

/** An answer that stays out is waited for that long at the least, before it is asked again. */
const PATIENCE = 15 * SECOND;

class Kit {
  now = 1_000_000 * MINUTE;
  readonly asked: { readonly symbol: string; readonly since: number }[] = [];
  readonly told: Input[] = [];
  answer: (symbol: string) => readonly OwnFill[] | null = () => [];
  readonly unheard: UnheardFills;

  constructor() {
    this.unheard = new UnheardFills({
      engine: { claims: () => ({ orders: [ENTRY], holdings: new Map(), lastOrder: 1 }) },
      loop: { now: this.now, apply: (input) => void this.told.push(input) },
      broker: {
        fillsSince: (symbol, since, answer) => {
          this.asked.push({ symbol, since });
          answer(this.answer(symbol));
        },
      },
      clock: atOnce(() => this.now, PATIENCE - 1),
      session: 'h',
    });
  }

  /** @returns whether the comparison goes on. */
  differs(...symbols: readonly string[]): boolean {
    let done = false;
    this.unheard.ask(new Map(symbols.map((symbol) => [symbol, '1'])), () => {
      done = true;
    });
    return done;
  }
}

const ENTRY = entryClaim(BTC, { status: 'filled', final: true, filled: '0.4', fillIds: new Set(['1']) });

const FILL: OwnFill = {
  clientId: clientOrderId('h', 1, 1),
  fill: { fillId: '2', price: '100', quantity: '0.4', fee: '0.1', feeIn: 'quote', liquidity: 'taker' },
};

test('a fill in one market is not booked to an order of another, whose number at the exchange is the same', () => {
  const kit = new Kit();
  kit.answer = () => [FILL];
  kit.differs(ETH);
  assert.deepEqual(kit.told, []);
  kit.differs(BTC);
  assert.equal(kit.told.length, 1);
});

test('a position by hand, which never leaves, does not have weeks of fills asked for in other markets', () => {
  const kit = new Kit();
  for (let day = 0; day < 14; day += 1) {
    kit.now += 24 * 60 * MINUTE;
    kit.differs(ETH);
  }
  kit.asked.length = 0;
  kit.now += MINUTE;
  kit.differs(BTC, ETH);
  const [asked] = kit.asked;
  assert.equal(asked?.symbol, BTC);
  assert.ok(asked.since >= kit.now - 15 * MINUTE, `asked for ${(kit.now - asked.since) / MINUTE} minutes`);
});

test('what filled while a market differed is asked for, however long that was', () => {
  const kit = new Kit();
  kit.answer = () => null;
  const begun = kit.now;
  for (let i = 0; i < 60; i += 1) {
    kit.differs(BTC);
    kit.now += MINUTE;
  }
  const last = kit.asked.at(-1);
  assert.ok(last !== undefined && last.since <= begun, 'the list was never had');
});

test('a list of fills that cannot be had keeps no position from being compared, and is asked for again', () => {
  const kit = new Kit();
  kit.answer = () => null;
  assert.ok(kit.differs(BTC));
  kit.now += 10 * MINUTE;
  kit.answer = () => [FILL];
  assert.ok(kit.differs(BTC));
  assert.equal(kit.told.length, 1);
});

test('a list that was behind the positions is asked once more where nothing is traded, and looked at every two minutes', () => {
  const kit = new Kit();
  kit.differs(BTC);
  kit.now += 2 * MINUTE;
  kit.answer = () => [FILL];
  kit.differs(BTC);
  assert.equal(kit.told.length, 1);
  kit.asked.length = 0;
  for (let i = 0; i < 5; i += 1) {
    kit.now += 2 * MINUTE;
    kit.differs(BTC);
  }
  assert.deepEqual(kit.asked, []);
});
