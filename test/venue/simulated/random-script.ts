/** Random bars, and orders placed, moved and cancelled round them. */
import fc from 'fast-check';
import type { OrderRequest, OrderType } from '../../../src/engine/output.ts';
import type { Ohlcv } from './matching-kit.ts';

export const SYMBOLS: readonly string[] = ['AAA', 'BBB', 'CCC'];
export const VOLUME_SHARE = 0.25;
export const COSTS = { halfSpread: 0.0005, slippage: 0.001, impact: 0.01, volumeShare: VOLUME_SHARE };

export type Action =
  | {
      readonly do: 'submit';
      readonly order: Omit<OrderRequest, 'id' | 'tradeId'> & { readonly trade: number };
    }
  | { readonly do: 'cancel'; readonly pick: number }
  | {
      readonly do: 'amend';
      readonly pick: number;
      readonly quantity: string;
      readonly stopPrice: string | null;
    };

export interface Step {
  readonly bars: ReadonlyMap<number, Ohlcv>;
  /** What is done before the bar, and after each of its points. */
  readonly actions: readonly (readonly Action[])[];
}

/** Tenths between 95.0 and 105.0, in ticks: bars and orders meet often. */
const ticks = fc.integer({ min: 950, max: 1050 });
const priceText = ticks.map((t) => `${Math.floor(t / 10)}.${t % 10}`);
const quantity = fc.integer({ min: 6, max: 400 }).map((lots) => (lots / 100).toFixed(2));

const ohlcv: fc.Arbitrary<Ohlcv> = fc
  .tuple(fc.array(ticks, { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 2000 }))
  .map(([prices, lots]) => {
    const [open = 0, close = 0] = prices;
    return [open / 10, Math.max(...prices) / 10, Math.min(...prices) / 10, close / 10, lots / 100];
  });

const order = fc
  .record({
    symbol: fc.constantFrom(...SYMBOLS),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    type: fc.constantFrom<OrderType[]>('market', 'limit', 'stop', 'stop_limit'),
    purpose: fc.constantFrom('entry' as const, 'stop' as const, 'tp1' as const),
    quantity,
    limit: priceText,
    stop: priceText,
    reduceOnly: fc.boolean(),
    trade: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ limit, stop, ...rest }) => ({
    ...rest,
    price: rest.type === 'limit' || rest.type === 'stop_limit' ? limit : null,
    stopPrice: rest.type === 'stop' || rest.type === 'stop_limit' ? stop : null,
  }));

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: order.map((given) => ({ do: 'submit' as const, order: given })) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(30) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      pick: fc.nat(30),
      quantity,
      stopPrice: fc.option(priceText),
    }),
  },
);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    bars: fc
      .tuple(fc.option(ohlcv, { freq: 9 }), fc.option(ohlcv, { freq: 9 }), fc.option(ohlcv, { freq: 9 }))
      .map((rows) => new Map(rows.flatMap((row, index) => (row === null ? [] : [[index, row] as const])))),
    actions: fc.array(fc.array(action, { maxLength: 2 }), { minLength: 5, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);
