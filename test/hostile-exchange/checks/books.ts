/** The engine's books and its journal against the exchange's own: orders, fills, positions and money, to the last decimal. */
import Big from 'big.js';
import type { Output } from '../../../src/engine/output.ts';
import { parseExactJson } from '../../../src/journal/codec/exact-json.ts';
import { openJournalForReading } from '../../../src/journal/journal-reader.ts';
import type { StoredEntry } from '../../../src/journal/rows.ts';
import { orderOf } from '../../../src/session/keeping/client-order-id.ts';
import { replaySession } from '../../../src/session/keeping/replay-session.ts';
import type { Life } from '../daemon/life.ts';
import { type ExchangeBooks, type Holdings, idOf } from './holdings.ts';
import { believedOf } from './protection.ts';

type Say = (what: string) => void;

/** While the session runs: what is held and what is open. */
export function agree(
  life: Life,
  books: ExchangeBooks,
  holdings: Holdings,
  journaled: Journaled,
  say: Say,
): void {
  const { engine } = life.host;
  const foreign = new Map(engine.foreign().map(({ symbol, quantity }) => [idOf(symbol), quantity]));
  const symbols = new Set([...holdings.own.keys(), ...holdings.others.keys()]);
  for (const symbol of symbols) {
    const believed = believedOf(life, symbol);
    const filled = holdings.ownFills
      .filter(({ listing }) => listing.symbol === symbol)
      .reduce(
        (sum, { side, quantity }) => sum.plus(side === 'buy' ? quantity : quantity.times(-1)),
        new Big(0),
      );
    const due = filled.plus(journaled.quantity.get(symbol) ?? 0);
    if (!believed.eq(due))
      say(
        `${believed.toFixed()} ${symbol} are booked, own fills and what is written down come to ${due.toFixed()}`,
      );
    const there = holdings.there(symbol);
    if (!there.minus(believed).eq(foreign.get(symbol) ?? 0))
      say(
        `the exchange holds ${there.toFixed()} ${symbol}: ${believed.toFixed()} own, ${foreign.get(symbol) ?? 0} foreign`,
      );
  }
  orders(life, books, say);
}

function orders(life: Life, books: ExchangeBooks, say: Say): void {
  const { engine } = life.host;
  const session = life.host.status().session ?? '';
  const claims = new Map(
    engine
      .claims()
      .orders.filter(({ final }) => !final)
      .map((claim) => [claim.id, claim]),
  );
  for (const order of books.orders.live()) {
    const own = order.linkId === null ? null : orderOf(session, order.linkId);
    if (own === null) {
      if (order.linkId !== null)
        say(`order ${order.linkId} is open at the exchange and none of the session's`);
      continue;
    }
    const claim = claims.get(own.orderId);
    if (claim === undefined) {
      say(`order ${order.linkId} is open at the exchange and not in the engine`);
      continue;
    }
    claims.delete(own.orderId);
    if (!order.quantity.eq(claim.quantity))
      say(`order ${order.linkId}: quantity ${order.quantity.toFixed()}, booked ${claim.quantity}`);
    const stop = order.trigger?.price ?? new Big(0);
    if (!order.triggered && !stop.eq(claim.stopPrice ?? 0))
      say(`order ${order.linkId}: stop ${stop.toFixed()}, booked ${claim.stopPrice}`);
  }
  for (const { id, request, status } of claims.values())
    say(`order ${id} (${request.purpose}, ${status}) is live in the engine and not at the exchange`);
}

/**
 * At the exchange there is at most one order for each of the engine's, whatever the number of attempts.
 * @param doubled ids whose request the network has brought twice: an exchange that takes an id again acts on both
 */
export function once(books: ExchangeBooks, doubled: ReadonlySet<string>, say: Say): void {
  const seen = new Map<string, string>();
  const links = new Set<string>();
  for (const { linkId, status } of books.orders.all) {
    if (linkId === null || status === 'rejected') continue;
    if (links.has(linkId) && !doubled.has(linkId)) say(`order ${linkId} was taken twice`);
    links.add(linkId);
    const order = linkId.replace(/-\d+$/, '');
    const other = seen.get(order);
    if (other !== undefined && other !== linkId) say(`${order} was sent twice: ${other} and ${linkId}`);
    seen.set(order, linkId);
  }
}

interface Fill {
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
}

export interface Journaled {
  /** Signed, by symbol: what reconciliations put on or took off, and what the exchange closed by itself. */
  readonly quantity: Map<string, Big>;
  cash: Big;
  readonly closures: Fill[];
  /** Fills of own orders by the exchange's id. */
  readonly fills: Map<string, Fill & { times: number }>;
  readonly submitted: Set<string>;
  funding: Big;
}

/** What the journal says of all its sessions, and whether each is replayed as it was. */
export function readJournal(file: string, say: Say): Journaled {
  using journal = openJournalForReading(file);
  const found: Journaled = {
    quantity: new Map(),
    cash: new Big(0),
    closures: [],
    fills: new Map(),
    submitted: new Set(),
    funding: new Big(0),
  };
  for (const session of journal.sessions(100).reverse()) {
    for (const { fillId, price, quantity, fee } of journal.fills(session.id)) {
      if (fillId === null) continue;
      const known = found.fills.get(fillId);
      if (known === undefined) found.fills.set(fillId, { price, quantity, fee, times: 1 });
      else known.times += 1;
    }
    const instruments: string[] = [];
    const heard = new Set<string>();
    let foreign: Foreign = new Map();
    for (const entry of journal.entries(session.id)) {
      const { input } = entry;
      if (input.kind === 'instruments') {
        instruments.length = 0;
        instruments.push(...input.instruments.map(({ symbol }) => symbol));
      }
      if (input.kind === 'reconciliation')
        foreign = new Map(input.foreign.map(({ symbol, quantity, price }) => [symbol, { quantity, price }]));
      note(found, entry, { session: session.id, instruments, foreign, heard });
    }
    const { difference, whole } = replaySession({ journal, session, until: null });
    if (difference !== null)
      say(`the replay of ${session.id} differs: ${JSON.stringify(difference).slice(0, 1_500)}`);
    else if (!whole) say(`${session.id} is not replayed whole`);
  }
  return found;
}

type Foreign = ReadonlyMap<string, { readonly quantity: string; readonly price: string | null }>;

interface Known {
  readonly session: string;
  readonly instruments: readonly string[];
  readonly foreign: Foreign;
  /** Ids of what the exchange did by itself. */
  readonly heard: Set<string>;
}

function note(
  found: Journaled,
  { input, outputsText }: StoredEntry,
  { session, instruments, foreign, heard }: Known,
): void {
  const change = (symbol: string, quantity: Big, price: string): void => {
    const id = idOf(symbol);
    found.quantity.set(id, quantity.plus(found.quantity.get(id) ?? 0));
    found.cash = found.cash.minus(quantity.times(price));
  };
  const outputs = outputsText === '[]' ? [] : parseExactJson<Output[]>(outputsText);
  const events = outputs.flatMap((output) => (output.kind === 'event' ? [output.event] : []));
  for (const output of outputs)
    if (output.kind === 'submit') found.submitted.add(`bo-${session}-${output.order.id}`);
  if (input.kind === 'funding' && !heard.has(input.id ?? '')) {
    heard.add(input.id ?? '');
    const ofOthers = events.some((event) => event.type === 'warning' && event.code === 'FUNDING_NOT_OWN');
    if (!ofOthers) found.funding = found.funding.plus(input.amount);
  }
  if (input.kind === 'liquidation')
    for (const event of events) {
      if (event.type !== 'fill') continue;
      const { price, quantity, fee, side } = event;
      found.closures.push({ price, quantity, fee });
      change(event.symbol, new Big(quantity).times(side === 'buy' ? 1 : -1), price);
      found.cash = found.cash.minus(fee);
    }
  if (input.kind === 'adjustment' && outputs.length > 0)
    change(instruments[input.symbol] ?? '', new Big(input.quantity), input.price);
  for (const event of events) {
    if (event.type !== 'warning' || event.code !== 'POSITION_ADOPTED' || event.symbol === null) continue;
    const holding = foreign.get(event.symbol);
    if (holding !== undefined) change(event.symbol, new Big(holding.quantity), holding.price ?? '0');
  }
}

/** Every fill of the exchange's books is in the journal exactly once, as it was, and no order went out unwritten. */
export function forgotten(holdings: Holdings, books: ExchangeBooks, journaled: Journaled, say: Say): void {
  const fills = new Map(journaled.fills);
  for (const { id, price, quantity, fee, order } of holdings.ownFills) {
    const text = `fill ${id} of ${order?.linkId}`;
    const booked = fills.get(id);
    fills.delete(id);
    if (booked === undefined) say(`${text} is in no journal`);
    else if (booked.times > 1) say(`${text} is booked ${booked.times} times`);
    else if (!price.eq(booked.price) || !quantity.eq(booked.quantity) || !fee.eq(booked.fee))
      say(
        `${text}: ${quantity.toFixed()} at ${price.toFixed()}, fee ${fee.toFixed()}; booked ${JSON.stringify(booked)}`,
      );
  }
  for (const id of fills.keys()) say(`fill ${id} is booked, and the exchange has none`);
  for (const { linkId } of books.orders.all) {
    if (linkId !== null && !journaled.submitted.has(linkId.replace(/-\d+$/, '')))
      say(`order ${linkId} was sent and never written down`);
  }
}

/** Flat: what the engine says it made is what its fills, its funding and its corrections come to. */
export function money(life: Life, holdings: Holdings, journaled: Journaled, say: Say): void {
  let made = journaled.cash;
  for (const { side, value, fee } of holdings.ownFills)
    made = (side === 'sell' ? made.plus(value) : made.minus(value)).minus(fee);
  const due = made.plus(journaled.funding);
  const realised = new Big(life.host.engine.account()?.realised ?? 0);
  if (!realised.eq(due))
    say(
      `the engine says it made ${realised.toFixed()}, its fills and what is written down come to ${due.toFixed()}`,
    );
}

/** Alone on the account: whatever the exchange did by itself is booked, exactly. */
export function acts(holdings: Holdings, journaled: Journaled, say: Say): void {
  const paid = holdings.funding.reduce((sum, { fee }) => sum.minus(fee), new Big(0));
  if (!paid.eq(journaled.funding))
    say(`funding of ${paid.toFixed()} came at the exchange, ${journaled.funding.toFixed()} is booked`);
  const text = (fills: readonly { price: Big; quantity: Big; fee: Big }[]): string =>
    fills
      .map(({ price, quantity, fee }) => `${quantity.toFixed()} at ${price.toFixed()}, fee ${fee.toFixed()}`)
      .sort()
      .join('; ');
  const there = text(holdings.closures);
  const booked = text(
    journaled.closures.map((fill) => ({
      price: new Big(fill.price),
      quantity: new Big(fill.quantity),
      fee: new Big(fill.fee),
    })),
  );
  if (there !== booked)
    say(`the exchange closed ${there || 'nothing'} by itself, booked is ${booked || 'nothing'}`);
}

/** Flat and alone on the account: what the exchange says the account is worth is what the engine says. */
export function wallet(life: Life, balance: Big, say: Say): void {
  const equity = life.host.status().equity;
  if (equity === null || !new Big(equity).eq(balance))
    say(`the wallet holds ${balance.toFixed()}, the engine says ${equity}`);
}
