/** The read models: what an input and the outputs that it caused change in the tables that people query. */
import type { FillReport } from '../engine/input.ts';
import type { DomainEvent, OrderRequest, Trade } from '../engine/output.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import type { JournalEntry } from './rows.ts';
import type { Write } from './statements.ts';

type EventOf<T extends DomainEvent['type']> = Extract<DomainEvent, { type: T }>;

/** Where in the journal an event stands. */
interface Place {
  readonly session: string;
  readonly seq: number;
  readonly nth: number;
  readonly at: Millis;
}

export function project(entry: JournalEntry, write: (write: Write) => void): void {
  const { session, seq, input, outputs, wallAt } = entry;
  for (const { symbol, base, quote, type, tick, lot } of listedBy(input))
    write({ to: 'instrument', values: { session, symbol, base, quote, type, tick, lot } });
  for (const [nth, output] of outputs.entries()) {
    if (output.kind === 'submit') {
      write(intent(entry, output.order, output.at));
    } else if (output.kind === 'event') {
      const projected = eventWrite(entry, output.event, { session, seq, nth, at: output.at }, wallAt);
      if (projected !== null) write(projected);
    }
  }
}

function listedBy(input: JournalEntry['input']): readonly Instrument[] {
  if (input.kind === 'instruments') return input.instruments;
  return input.kind === 'listings' ? [...input.added, ...input.changed] : [];
}

function intent({ session, seq, wallAt, clientIds }: JournalEntry, order: OrderRequest, at: Millis): Write {
  return {
    to: 'intent',
    values: {
      session,
      order_id: order.id,
      client_id: clientIds?.get(order.id) ?? null,
      request: JSON.stringify(order),
      seq,
      at,
      wall_at: wallAt,
    },
  };
}

function eventWrite(entry: JournalEntry, event: DomainEvent, place: Place, wallAt: Millis): Write | null {
  const { session, at } = place;
  switch (event.type) {
    case 'order':
      return order(event, session, at);
    case 'fill':
      return fill(event, place, reported(entry, event));
    case 'trade':
      return trade(event.trade, session);
    case 'position':
      return position(event, session, at);
    case 'level':
      return level(event, session, at);
    case 'state': {
      const { from, to, reason, by } = event;
      return {
        to: 'transition',
        values: { ...place, from_state: from, to_state: to, reason, asked_by: by, wall_at: wallAt },
      };
    }
    case 'halt': {
      const { rule, value, limit, release } = event;
      return { to: 'halt', values: { ...place, rule, value, threshold: limit, release } };
    }
    case 'halt_released':
      return { to: 'haltReleased', values: { session, at, rule: event.rule, reason: event.reason } };
    default:
      // Scans, signals, refusals, gaps and warnings stand in `inputs.outputs` alone.
      return null;
  }
}

function order({ order, status, reason }: EventOf<'order'>, session: string, at: Millis): Write {
  return {
    to: 'order',
    values: {
      session,
      order_id: order.id,
      trade_id: order.tradeId,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      purpose: order.purpose,
      quantity: order.quantity,
      price: order.price,
      stop_price: order.stopPrice,
      reduce_only: Number(order.reduceOnly),
      status,
      reason,
      at,
      changed_at: at,
    },
  };
}

/** What the venue said of the fill beyond what the event tells: null where no report brought it. */
function reported({ input }: JournalEntry, event: EventOf<'fill'>): FillReport | null {
  if (input.kind !== 'order' || input.report.status !== 'fill') return null;
  return input.report.orderId === event.orderId ? input.report : null;
}

function fill(event: EventOf<'fill'>, place: Place, report: FillReport | null): Write {
  return {
    to: 'fill',
    values: {
      ...place,
      order_id: event.orderId,
      trade_id: event.tradeId,
      symbol: event.symbol,
      side: event.side,
      purpose: event.purpose,
      price: event.price,
      quantity: event.quantity,
      fee: event.fee,
      fee_in: report?.feeIn ?? null,
      liquidity: report?.liquidity ?? null,
      fill_id: report?.fillId ?? null,
    },
  };
}

function trade(trade: Trade, session: string): Write {
  return {
    to: 'trade',
    values: {
      session,
      trade_id: trade.id,
      symbol: trade.symbol,
      side: trade.side,
      strategy: trade.strategy,
      opened_at: trade.openedAt,
      closed_at: trade.closedAt,
      entry: trade.entry,
      exit: trade.exit,
      quantity: trade.quantity,
      fees: trade.fees,
      funding: trade.funding,
      pnl: trade.pnl,
      r: trade.r,
      risk: trade.risk,
      initial_stop: trade.initialStop,
      level: trade.level,
      exit_reason: trade.exitReason,
      max_r: trade.maxR,
      min_r: trade.minR,
      added_on: Number(trade.addedOn),
    },
  };
}

function position(event: EventOf<'position'>, session: string, at: Millis): Write {
  const { change, tradeId, symbol, side, quantity, stop, reason } = event;
  return {
    to: 'position',
    values: {
      session,
      trade_id: tradeId,
      symbol,
      side,
      quantity,
      stop,
      change,
      protected: Number(change === 'protected'),
      opened_at: at,
      changed_at: at,
      closed_at: change === 'closed' ? at : null,
      reason,
    },
  };
}

function level(event: EventOf<'level'>, session: string, at: Millis): Write {
  const { levelId, symbol, side, price, life, strength, touches, reason } = event;
  return {
    to: 'level',
    values: {
      session,
      level_id: levelId,
      symbol,
      side,
      price,
      life,
      strength,
      touches,
      reason,
      at,
      changed_at: at,
    },
  };
}
