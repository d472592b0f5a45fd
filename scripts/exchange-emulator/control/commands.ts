/** The control port's commands: each is a method of the control with its arguments checked. */
import { z } from 'zod';
import type { Control } from './control.ts';

const ms = z.number().int();
const requestFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop-request') }),
  z.strictObject({ kind: z.literal('drop-reply') }),
  z.strictObject({ kind: z.literal('delay-request'), ms }),
  z.strictObject({ kind: z.literal('delay-reply'), ms }),
  z.strictObject({ kind: z.literal('hold-request') }),
  z.strictObject({ kind: z.literal('hold-reply') }),
  z.strictObject({ kind: z.literal('duplicate'), reply: z.enum(['first', 'second']).default('first') }),
  z.strictObject({ kind: z.literal('status'), status: z.number().int(), acted: z.boolean().default(false) }),
  z.strictObject({
    kind: z.literal('code'),
    code: z.number().int(),
    message: z.string().default(''),
    acted: z.boolean().default(false),
  }),
]);
const pushFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop-push') }),
  z.strictObject({ kind: z.literal('duplicate-push') }),
  z.strictObject({ kind: z.literal('delay-push'), ms }),
  z.strictObject({ kind: z.literal('hold-push'), behind: z.number().int().positive() }),
]);
const rule = {
  match: z.string().default(''),
  except: z.string().nullable().default(null),
  times: z.number().int().positive().nullable().default(1),
  after: z.number().int().nonnegative().default(0),
  chance: z.number().min(0).max(1).default(1),
};
const symbol = z.string();

interface Command {
  run(control: Control, args: unknown): unknown;
}

function command<S extends z.ZodType>(
  schema: S,
  act: (control: Control, args: z.output<S>) => unknown,
): Command {
  return { run: (control, args) => act(control, schema.parse(args)) };
}

const nothing = z.strictObject({});

export const COMMANDS: Readonly<Record<string, Command>> = {
  now: command(nothing, (control) => control.now()),
  advance: command(z.strictObject({ ms: ms.nonnegative() }), (control, args) => control.advance(args.ms)),
  'set-speed': command(z.strictObject({ speed: z.number().min(0) }), (control, args) =>
    control.setSpeed(args.speed),
  ),
  'skew-clock': command(z.strictObject({ ms }), (control, args) => control.skewClock(args.ms)),
  'request-fault': command(
    z.strictObject({ fault: requestFault, ...rule }),
    (control, { fault, ...options }) => control.requestFault(fault, options),
  ),
  'push-fault': command(z.strictObject({ fault: pushFault, ...rule }), (control, { fault, ...options }) =>
    control.pushFault(fault, options),
  ),
  'clear-faults': command(nothing, (control) => control.clearFaults()),
  release: command(nothing, (control) => control.release()),
  'when-held': command(z.strictObject({ count: z.number().int() }), (control, args) =>
    control.whenHeld(args.count),
  ),
  'close-streams': command(z.strictObject({ match: z.string().default('') }), (control, args) =>
    control.closeStreams(args.match),
  ),
  'refuse-streams': command(z.strictObject({ refuse: z.boolean() }), (control, args) =>
    control.refuseStreams(args.refuse),
  ),
  'set-down': command(z.strictObject({ down: z.boolean() }), (control, args) => control.setDown(args.down)),
  'when-subscribed': command(
    z.strictObject({ match: z.string().default(''), topics: z.array(z.string()) }),
    (control, args) => control.whenSubscribed(args.match, args.topics),
  ),
  'open-streams': command(nothing, (control) => control.openStreams()),
  'revoke-key': command(nothing, (control) => control.revokeKey()),
  'set-key': command(
    z.strictObject({
      revoked: z.boolean().default(false),
      readOnly: z.boolean().default(false),
      withdraw: z.boolean().default(false),
    }),
    (control, args) => control.setKey(args),
  ),
  'set-hedged': command(z.strictObject({ hedged: z.boolean() }), (control, args) =>
    control.setHedged(args.hedged),
  ),
  'set-fill-share': command(z.strictObject({ share: z.string().nullable() }), (control, args) =>
    control.setFillShare(args.share),
  ),
  'cancel-order': command(z.strictObject({ id: z.string() }), (control, args) =>
    control.cancelOrder(args.id),
  ),
  'trade-by-hand': command(
    z.strictObject({
      symbol,
      side: z.enum(['buy', 'sell']),
      quantity: z.string(),
      category: z.enum(['spot', 'linear']).default('linear'),
    }),
    (control, args) => control.tradeByHand(args.symbol, args.side, args.quantity, args.category),
  ),
  fund: command(z.strictObject({ symbol, rate: z.string() }), (control, args) =>
    control.fund(args.symbol, args.rate),
  ),
  liquidate: command(z.strictObject({ symbol }), (control, args) => control.liquidate(args.symbol)),
  'withhold-candle': command(z.strictObject({ symbol, start: ms }), (control, args) =>
    control.withholdCandle(args.symbol, args.start),
  ),
  'give-back-candle': command(z.strictObject({ symbol, start: ms }), (control, args) =>
    control.giveBackCandle(args.symbol, args.start),
  ),
  'correct-candle': command(
    z.strictObject({
      symbol,
      start: ms,
      high: z.number().int().optional(),
      low: z.number().int().optional(),
      close: z.number().int().optional(),
      volume: z.number().int().optional(),
    }),
    (control, { symbol: name, start, ...change }) =>
      control.correctCandle(
        name,
        start,
        Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
      ),
  ),
  'set-listed': command(z.strictObject({ symbol, listed: z.boolean() }), (control, args) =>
    control.setListed(args.symbol, args.listed),
  ),
  'set-terms': command(
    z.strictObject({
      symbol,
      tick: z.string().optional(),
      lot: z.string().optional(),
      minNotional: z.string().optional(),
    }),
    (control, { symbol: name, ...terms }) =>
      control.setTerms(
        name,
        Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)),
      ),
  ),
  candle: command(z.strictObject({ symbol, start: ms }), (control, args) =>
    control.candle(args.symbol, args.start),
  ),
  price: command(z.strictObject({ symbol }), (control, args) => control.price(args.symbol)),
  books: command(nothing, (control) => control.books()),
};
