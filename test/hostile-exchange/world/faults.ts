/** What the exchange is told to do wrong: each fault by its name, to strike alone or among others. */
import type { Control } from '../../../scripts/exchange-emulator/control/control.ts';
import { isLive } from '../../../scripts/exchange-emulator/core/order.ts';
import type { PushFault, RequestFault } from '../../../scripts/exchange-emulator/faults/rules.ts';
import { BASE, MINUTE, type Millis, SECOND } from '../../../src/market/time.ts';
import type { Dice } from '../../hostile/world/dice.ts';

/** What a fault may do to a session's world. */
export interface Stage {
  readonly control: Control;
  readonly dice: Dice;
  readonly symbols: readonly string[];
  readonly protocol: 'bybit' | 'binance';
  /** Chances are multiplied by it: 1 where it strikes alone. */
  readonly strength: number;
  /** Does something at random times, so often in an hour on average, for as long as faults last. */
  often(perHour: number, act: () => void): void;
  /** Undone after a time, and at the latest when faults end. `excuse`: nothing can be done at the exchange meanwhile. */
  undo(after: Millis, excuse: boolean, act: () => void): void;
  count(what: string): void;
  /** The host dies at each of its steps with that chance. */
  mortal(chance: number): void;
  /** A person at the controls. */
  operator(): void;
  restart(): void;
}

type Fault = (stage: Stage) => void;

/** Codes of too many requests, of a system that is busy. */
const CODES = {
  bybit: { limit: [10006, 'Too many visits!'], busy: [10016, 'Server error.'] },
  binance: { limit: [-1015, 'Too many new orders.'], busy: [-1001, 'Internal error.'] },
} as const;

const requests =
  (fault: (stage: Stage) => RequestFault | readonly RequestFault[], chance: number): Fault =>
  (stage) => {
    const faults = [fault(stage)].flat();
    for (const each of faults)
      stage.control.requestFault(each, { times: null, chance: (chance / faults.length) * stage.strength });
  };

/** What the account is told of, and what of the market: of that less, so that something is traded at all. */
const TOLD = {
  bybit: { account: ['execution', 'order', 'position', 'wallet'], books: 'orderbook' },
  binance: { account: ['ORDER_TRADE_UPDATE', 'ALGO_UPDATE', 'ACCOUNT_UPDATE'], books: 'depth' },
} as const;
const OF_THE_MARKET = 0.1;

const pushes =
  (fault: PushFault | readonly PushFault[], chance: number): Fault =>
  ({ control, protocol, strength }) => {
    const faults = [fault].flat();
    const { account, books } = TOLD[protocol];
    for (const each of faults) {
      const part = (chance / faults.length) * strength;
      for (const match of account)
        control.pushFault(each, { match, except: books, times: null, chance: part });
      control.pushFault(each, { times: null, chance: part * OF_THE_MARKET });
    }
  };

const delays = [200, 1_000, 3_000, 6_000, 7_500] as const;

/** Beyond the patience of a client. */
const HANG_MS: Millis = 30 * SECOND;

function pickOwn({ control, dice }: Stage) {
  const own = control
    .exchange()
    .orders.live()
    .filter((order) => isLive(order) && order.linkId !== null);
  return own.length === 0 ? null : dice.pick(own);
}

/** Somebody buys or sells some hundred dollars' worth. */
function tradeSome({ control, dice, symbols }: Stage): boolean {
  const symbol = dice.pick(symbols);
  const known = control.exchange().orders.all.find(({ listing }) => listing.symbol === symbol);
  if (known === undefined) return false;
  const { lot } = known.listing;
  const lots = Math.ceil(dice.whole(50, 800) / (Number(control.price(symbol).last) * Number(lot)));
  control.tradeByHand(symbol, dice.pick(['buy', 'sell']), lot.times(lots).toFixed());
  return true;
}

function pickPosition({ control, dice }: Stage) {
  const open = control.exchange().account.open();
  return open.length === 0 ? null : dice.pick(open);
}

function candleAt({ control, dice }: Stage, barsAhead: number): Millis {
  const start = Math.floor(control.now() / BASE) * BASE;
  return start + dice.whole(0, barsAhead) * BASE;
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  none: () => undefined,
  'drop-request': requests(() => ({ kind: 'drop-request' }), 0.25),
  'drop-reply': requests(() => ({ kind: 'drop-reply' }), 0.25),
  'delay-request': requests(() => delays.map((ms) => ({ kind: 'delay-request', ms })), 0.5),
  'delay-reply': requests(() => delays.map((ms) => ({ kind: 'delay-reply', ms })), 0.5),
  'duplicate-request': requests(
    ({ dice }) => ({ kind: 'duplicate', reply: dice.pick(['first', 'second']) }),
    0.5,
  ),
  'rate-limit': requests(() => ({ kind: 'status', status: 429, acted: false }), 0.2),
  'rate-limit-code': requests(({ protocol }) => {
    const [code, message] = CODES[protocol].limit;
    return { kind: 'code', code, message, acted: false };
  }, 0.2),
  'server-error': requests(
    ({ dice }) => ({ kind: 'status', status: dice.pick([500, 502, 503]), acted: false }),
    0.25,
  ),
  'server-error-acted': requests(
    ({ dice }) => ({ kind: 'status', status: dice.pick([500, 502, 504]), acted: true }),
    0.25,
  ),
  'busy-code': requests(
    ({ protocol }) =>
      [true, false].map((acted) => {
        const [code, message] = CODES[protocol].busy;
        return { kind: 'code', code, message, acted };
      }),
    0.2,
  ),
  'hang-request': requests(() => ({ kind: 'delay-request', ms: HANG_MS }), 0.15),
  'hang-reply': requests(() => ({ kind: 'delay-reply', ms: HANG_MS }), 0.15),
  'fills-faster-than-answers': ({ control, protocol, strength }) => {
    const match = protocol === 'bybit' ? '/order/' : 'rder';
    for (const ms of [300, 1_500, 4_500, 7_000])
      control.requestFault({ kind: 'delay-reply', ms }, { match, times: null, chance: 0.35 * strength });
  },
  'drop-push': pushes({ kind: 'drop-push' }, 0.6),
  'duplicate-push': pushes({ kind: 'duplicate-push' }, 0.6),
  'delay-push': pushes(
    delays.map((ms) => ({ kind: 'delay-push', ms })),
    0.7,
  ),
  'reorder-push': pushes(
    [1, 2, 5].map((behind) => ({ kind: 'hold-push', behind })),
    0.6,
  ),
  'close-streams': (stage) =>
    stage.often(30, () => {
      stage.control.closeStreams(stage.dice.pick(['', 'private', 'public', 'listen']));
      stage.count('close-streams');
    }),
  'refuse-streams': (stage) =>
    stage.often(4, () => {
      stage.control.refuseStreams(true);
      stage.control.closeStreams('');
      stage.count('refuse-streams');
      stage.undo(stage.dice.whole(10 * SECOND, 6 * MINUTE), false, () => stage.control.refuseStreams(false));
    }),
  'exchange-down': (stage) =>
    stage.often(4, () => {
      stage.control.setDown(true);
      stage.count('exchange-down');
      stage.undo(stage.dice.whole(5 * SECOND, 6 * MINUTE), true, () => stage.control.setDown(false));
    }),
  'skip-candle': (stage) =>
    stage.often(12, () => {
      stage.control.withholdCandle(stage.dice.pick(stage.symbols), candleAt(stage, 1));
      stage.count('skip-candle');
    }),
  'late-candle': (stage) =>
    stage.often(12, () => {
      const symbol = stage.dice.pick(stage.symbols);
      const start = candleAt(stage, 0);
      stage.control.withholdCandle(symbol, start);
      const wait = start + BASE - stage.control.now() + stage.dice.whole(2 * SECOND, 4 * MINUTE);
      stage.undo(wait, false, () => {
        if (stage.control.now() >= start + BASE && stage.control.giveBackCandle(symbol, start))
          stage.count('late-candle');
      });
    }),
  'corrected-candle': (stage) =>
    stage.often(12, () => {
      const symbol = stage.dice.pick(stage.symbols);
      const start = candleAt(stage, 0) - BASE;
      const candle = stage.control.candle(symbol, start);
      if (candle === null) return;
      const up = stage.dice.whole(1, 40);
      stage.control.correctCandle(symbol, start, { high: candle.high + up, volume: candle.volume + up });
      stage.count('corrected-candle');
    }),
  'skewed-clock': (stage) =>
    stage.often(3, () => {
      stage.control.skewClock(stage.dice.pick([-60_000, -7_000, -1_500, -400, 400, 1_500, 7_000, 60_000]));
      stage.count('skewed-clock');
      stage.undo(stage.dice.whole(30 * SECOND, 10 * MINUTE), true, () => stage.control.skewClock(0));
    }),
  'revoked-key': (stage) =>
    stage.often(2, () => {
      stage.control.setKey({ revoked: true });
      stage.count('revoked-key');
      stage.undo(stage.dice.whole(10 * SECOND, 5 * MINUTE), true, () =>
        stage.control.setKey({ revoked: false }),
      );
    }),
  'read-only-key': (stage) =>
    stage.often(2, () => {
      stage.control.setKey({ readOnly: true });
      stage.count('read-only-key');
      stage.undo(stage.dice.whole(10 * SECOND, 5 * MINUTE), true, () =>
        stage.control.setKey({ readOnly: false }),
      );
    }),
  'cancelled-by-venue': (stage) =>
    stage.often(30, () => {
      const order = pickOwn(stage);
      if (order !== null && stage.control.cancelOrder(order.id)) stage.count('cancelled-by-venue');
    }),
  'hedged-account': (stage) =>
    stage.often(60, () => {
      const { orders, account } = stage.control.exchange();
      // An exchange changes the mode of an account at rest only.
      if (account.hedged || account.open().length > 0 || orders.live().length > 0) return;
      stage.control.setHedged(true);
      stage.count('hedged-account');
      stage.undo(stage.dice.whole(MINUTE, 8 * MINUTE), true, () => {
        stage.control.setHedged(false);
      });
    }),
  'partial-fills': (stage) => {
    stage.control.setFillShare(stage.dice.pick(['0.2', '0.35', '0.5', '0.8']));
    stage.count('partial-fills');
  },
  liquidation: (stage) =>
    stage.often(4, () => {
      const position = pickPosition(stage);
      if (position !== null && stage.control.liquidate(position.listing.symbol)) stage.count('liquidation');
    }),
  funding: (stage) =>
    stage.often(20, () => {
      const position = pickPosition(stage);
      const rate = stage.dice.pick(['0.0001', '-0.0001', '0.0007', '-0.00035']);
      if (position !== null && stage.control.fund(position.listing.symbol, rate)) stage.count('funding');
    }),
  'hand-trade': (stage) =>
    stage.often(6, () => {
      const { control, dice } = stage;
      const position = pickPosition(stage);
      if (control.exchange().account.hedged) return;
      if (position !== null && dice.chance(0.7)) {
        const { listing, size } = position;
        const lots = Math.floor(Number(size.abs().div(listing.lot)) * dice.pick([0.3, 0.7, 1]));
        if (lots < 1) return;
        control.tradeByHand(listing.symbol, size.gt(0) ? 'sell' : 'buy', listing.lot.times(lots).toFixed());
      } else if (!tradeSome(stage)) return;
      stage.count('hand-trade');
    }),
  operator: (stage) => stage.often(20, () => stage.operator()),
  restart: (stage) => stage.often(4, () => stage.restart()),
  kill: (stage) => stage.mortal(0.03),
};

export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);
