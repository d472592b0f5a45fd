/** What is held, ordered, watched and owned. */
import { z } from 'zod';
import { account, candle, diagnostics, explanation, foreign, level, order, scan } from '../trading-views.ts';
import { position, trade, tradeTotals } from '../views.ts';
import type { MethodTable } from './entry.ts';
import { commandResult, none } from './shared.ts';

/** Looked up among the session's, never taken as a pattern. */
const symbol = z.string().min(2).max(40);

export const tradingMethods = {
  'positions.list': {
    summary: 'Open positions with their protection, marked to the last close',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ positions: z.array(position).readonly() }),
    errors: [],
  },
  'positions.close': {
    summary: 'Closes one position at market; answers once it is gone',
    kind: 'control',
    since: 1,
    params: z
      .strictObject({
        symbol: symbol.optional(),
        tradeId: z.int().min(1).optional().describe('As positions.list has it'),
      })
      .refine(({ symbol, tradeId }) => (symbol === undefined) !== (tradeId === undefined), {
        error: 'name the position by `symbol` or by `tradeId`',
      }),
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'POSITION_UNKNOWN',
      'SYMBOL_UNKNOWN',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'orders.list': {
    summary: 'Own orders that are out, or with `all` the final ones of late as well, oldest first',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      all: z.boolean().default(false),
      symbol: symbol.optional(),
      limit: z.int().min(1).max(2000).default(200).describe('The newest ones'),
    }),
    result: z.strictObject({ orders: z.array(order).readonly() }),
    errors: ['SYMBOL_UNKNOWN'],
  },
  'orders.cancel': {
    summary: 'Withdraws an entry order and what is still to be sent of it; answers once its fate is known',
    kind: 'control',
    since: 1,
    params: z.strictObject({ orderId: z.int().min(1).describe('As orders.list has it') }),
    result: commandResult,
    errors: [
      'ENGINE_NOT_RUNNING',
      'ORDER_UNKNOWN',
      'ORDER_NOT_CANCELLABLE',
      'EMERGENCY_IN_PROGRESS',
      'SUPERSEDED',
      'COMMAND_PENDING',
    ],
  },
  'reconcile.list': {
    summary: 'What the account holds that this bot did not make, and what was decided about it',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ foreign: z.array(foreign).readonly() }),
    errors: [],
  },
  'reconcile.adopt': {
    summary: 'Takes over a position that the bot did not open: it is protected and managed from then on',
    kind: 'control',
    since: 1,
    params: z.strictObject({ symbol }),
    result: commandResult,
    errors: ['FOREIGN_UNKNOWN', 'COMMAND_PENDING'],
  },
  'reconcile.ignore': {
    summary: 'Leaves a position or orders that the bot did not make alone; they count for nothing',
    kind: 'control',
    since: 1,
    params: z.strictObject({ symbol }),
    result: commandResult,
    errors: ['FOREIGN_UNKNOWN', 'COMMAND_PENDING'],
  },
  'trades.list': {
    summary: 'Finished trades of the running session, or of the last one',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      limit: z.int().min(1).max(2000).optional().describe('The newest ones; all of them without it'),
    }),
    result: z.strictObject({
      session: z.string().nullable(),
      trades: z.array(trade).readonly(),
      totals: tradeTotals,
      /** What has no exit yet, or had none when the session ended: marked to the last close. */
      openPositions: z.array(position).readonly(),
    }),
    errors: [],
  },
  'levels.list': {
    summary: 'Levels that live, by symbol and price, with what is left to each',
    kind: 'read',
    since: 1,
    params: z.strictObject({ symbol: symbol.optional() }),
    result: z.strictObject({ levels: z.array(level).readonly() }),
    errors: ['SYMBOL_UNKNOWN'],
  },
  'candles.list': {
    summary: 'The newest closed candles of a symbol that the engine still holds, oldest first',
    kind: 'read',
    since: 1,
    params: z.strictObject({
      symbol,
      limit: z.int().min(1).max(1000).default(96).describe('The newest ones'),
    }),
    result: z.strictObject({
      symbol: z.string(),
      timeframe: z.literal('15m'),
      candles: z.array(candle).readonly(),
    }),
    errors: ['SYMBOL_UNKNOWN'],
  },
  'scanner.candidates': {
    summary: 'The last scan: its candidates, best first, with what was measured of each',
    kind: 'read',
    since: 1,
    params: none,
    result: scan,
    errors: [],
  },
  'account.get': {
    summary: 'Equity, open risk, and how much of each limit is used',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ account: account.nullable().describe('null before the first start') }),
    errors: [],
  },
  'engine.explain': {
    summary: 'Why there is no trade: how far each symbol came, and what it stopped at',
    kind: 'read',
    since: 1,
    params: z.strictObject({ symbol: symbol.optional() }),
    result: explanation,
    errors: ['SYMBOL_UNKNOWN'],
  },
  'engine.diagnostics': {
    summary: 'The funnel from all markets to trades, the pass rate of each condition, and the near misses',
    kind: 'read',
    since: 1,
    params: none,
    result: diagnostics,
    errors: [],
  },
} as const satisfies MethodTable;
