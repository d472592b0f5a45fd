/**
 * Holds what the engine believes against the venue's own books. What differs becomes an input that corrects it and a
 * finding that the operator sees; the venue is right. Nothing is asked or sent here.
 */
import Big from 'big.js';
import type { Claims, OrderClaim } from '../../engine/claims.ts';
import type {
  FillReport,
  Finding,
  FindingCode,
  ForeignHolding,
  InputOf,
  OrderReport,
} from '../../engine/input.ts';
import type { Instrument } from '../../market/instrument.ts';
import type { VenueOrder } from '../../venue/ports.ts';

export interface Correction {
  readonly report: OrderReport;
  /** Null where the report is no more than an answer that was still to come. */
  readonly finding: Finding | null;
}

/**
 * What the venue knows of own orders and the engine does not, in the order to be applied: by order, its fills first.
 * @param known what the venue has of an order; undefined only when it has shown that it never had it, or has it no more.
 */
export function orderCorrections(
  orders: readonly OrderClaim[],
  known: (orderId: number) => VenueOrder | undefined,
): Correction[] {
  return orders.flatMap((claim) => {
    const found = known(claim.id);
    // One of another symbol has the id and is not this order: its fills are nobody's here.
    if (found === undefined || found.symbol !== claim.request.symbol)
      return claim.final ? [] : [absent(claim)];
    const fills = newFills(claim, found);
    // The terms come first: whether its fills have filled it hangs on them.
    return claim.final ? fills : [...terms(claim, found), ...fills, ...standing(claim, found)];
  });
}

/**
 * The venue has own orders beyond the last that the engine has made: an older journal was put in the place of this
 * session's. No id may be given twice, and a person has to look.
 */
export function recordsLost(lastOrder: number, atVenue: number): Finding {
  return {
    code: 'RECORDS_LOST',
    symbol: null,
    message: `the venue has orders of this session up to ${atVenue}, the journal up to ${lastOrder}: was an older one put in its place? resume when positions and orders are as they should be`,
  };
}

/** The venue has nothing of an order that the engine holds to be under way. */
function absent(claim: OrderClaim): Correction {
  const orderId = claim.id;
  if (claim.status === 'working') {
    const reason = 'the venue has it no more';
    return { report: { status: 'cancelled', orderId, reason }, finding: about(claim, 'ORDER_GONE', reason) };
  }
  const reason = 'it never reached the venue';
  return { report: { status: 'lost', orderId, reason }, finding: about(claim, 'ORDER_LOST', reason) };
}

function newFills(claim: OrderClaim, found: VenueOrder): Correction[] {
  return found.fills.filter(({ fillId }) => !claim.fillIds.has(fillId)).map((fill) => fillFound(claim, fill));
}

/** The venue tells of a fill that the engine has not heard of. */
export function fillFound(
  claim: OrderClaim,
  fill: FillReport,
): { readonly report: OrderReport; readonly finding: Finding } {
  return {
    report: { status: 'fill', orderId: claim.id, ...fill },
    finding: about(claim, 'FILL_FOUND', `${fill.quantity} at ${fill.price}`),
  };
}

/** Quantity and stop, where they are others than the engine believes, or it waits to hear of them. */
function terms(claim: OrderClaim, found: VenueOrder): Correction[] {
  const { quantity, stopPrice, status } = found;
  if (status === 'rejected') return [];
  const differs =
    !new Big(quantity).eq(claim.quantity) ||
    (stopPrice === null) !== (claim.stopPrice === null) ||
    (stopPrice !== null && claim.stopPrice !== null && !new Big(stopPrice).eq(claim.stopPrice));
  if (!differs && !claim.amending) return [];
  const stop = stopPrice === null ? '' : `, stop ${stopPrice}`;
  const finding = differs ? about(claim, 'ORDER_DIFFERS', `quantity ${quantity}${stop} at the venue`) : null;
  return [{ report: { status: 'amended', orderId: claim.id, quantity, stopPrice }, finding }];
}

/** Where an order stands at the venue, once its fills are known. */
function standing(claim: OrderClaim, found: VenueOrder): Correction[] {
  const orderId = claim.id;
  if (found.status === 'cancelled' || found.status === 'rejected') {
    const { status, reason } = found;
    const expected = claim.cancelling && status === 'cancelled';
    const finding = expected ? null : about(claim, 'ORDER_GONE', `${status}: ${reason}`);
    return [{ report: { status, orderId, reason }, finding }];
  }
  if (found.status === 'filled') return [];
  const corrections: Correction[] = [];
  const unanswered = claim.status === 'submitted' || claim.status === 'unknown';
  if (unanswered && found.fills.length === 0) {
    const finding = about(claim, 'ORDER_FOUND', 'the venue has it');
    corrections.push({ report: { status: 'accepted', orderId }, finding });
  }
  if (claim.cancelling) {
    const reason = 'the cancel did not reach the venue';
    corrections.push({ report: { status: 'cancel_rejected', orderId, reason }, finding: null });
  }
  return corrections;
}

function about(claim: OrderClaim, code: FindingCode, what: string): Finding {
  const { symbol, side, quantity } = claim.request;
  return {
    code,
    symbol,
    message: `order ${claim.id} (${claim.request.purpose}, ${side} ${quantity}): ${what}`,
  };
}

export interface VenuePosition {
  /** Signed base quantity. */
  readonly quantity: string;
  /** Average entry price where the venue tells it. */
  readonly price: string | null;
}

export interface Holdings {
  readonly own: Claims['holdings'];
  /** By symbol; what is flat may be missing. */
  readonly venue: ReadonlyMap<string, VenuePosition>;
  /** Open orders of the account that the engine knows nothing of, by symbol. */
  readonly foreignOrders: ReadonlyMap<string, number>;
  /** Sorted by symbol; the position is the symbol's index. */
  readonly instruments: readonly Instrument[];
  /** What a symbol trades at, an exact decimal; null when that is not known. */
  readonly priceOf: (symbol: string) => string | null;
}

export interface HoldingDifferences {
  readonly adjustments: readonly Omit<InputOf<'adjustment'>, 'at'>[];
  readonly foreign: readonly ForeignHolding[];
  readonly findings: readonly Finding[];
}

/**
 * Where the venue holds less of an own position than the fills say, the books follow; what it holds beyond is not the
 * bot's. Differences of less than a lot are nobody's: they cannot be traded.
 */
export function holdingDifferences(holdings: Holdings): HoldingDifferences {
  const adjustments: Omit<InputOf<'adjustment'>, 'at'>[] = [];
  const foreign: ForeignHolding[] = [];
  const findings: Finding[] = [];
  holdings.instruments.forEach(({ symbol, lot }, index) => {
    const own = new Big(holdings.own.get(symbol) ?? 0);
    const position = holdings.venue.get(symbol);
    const there = new Big(position?.quantity ?? 0);
    const mine = shareOf(own, there);
    const missing = own.minus(mine);
    const beyond = there.minus(mine);
    if (missing.abs().gte(lot)) {
      const price = holdings.priceOf(symbol) ?? position?.price ?? null;
      if (price !== null) {
        adjustments.push({ kind: 'adjustment', symbol: index, quantity: missing.times(-1).toFixed(), price });
      }
      findings.push({
        code: 'POSITION_SMALLER',
        symbol,
        message: `the venue holds ${there.toFixed()} of the ${own.toFixed()} that own fills come to: the difference leaves the books`,
      });
    }
    const orders = holdings.foreignOrders.get(symbol) ?? 0;
    const held = beyond.abs().gte(lot);
    if (!held && orders === 0) return;
    const quantity = held ? beyond.toFixed() : '0';
    const price = held ? (position?.price ?? holdings.priceOf(symbol)) : null;
    foreign.push({ symbol, quantity, price, orders });
    if (held) {
      findings.push({ code: 'FOREIGN_POSITION', symbol, message: `${quantity} were not opened by this bot` });
    }
    if (orders > 0) {
      const what = orders === 1 ? 'an open order is' : `${orders} open orders are`;
      findings.push({
        code: 'FOREIGN_ORDERS',
        symbol,
        message: `${what} at the venue that this bot knows nothing of`,
      });
    }
  });
  return { adjustments, foreign, findings };
}

/** How much of `there` is the bot's, that believes to hold `own`: no more than it believes, and on the same side. */
function shareOf(own: Big, there: Big): Big {
  if (own.times(there).lte(0)) return new Big(0);
  return own.abs().lt(there.abs()) ? own : there;
}
