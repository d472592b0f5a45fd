/**
 * Holds a session of the journal against the venue's own books, and both against what was written down beside the venue.
 * The daemon must not be moving meanwhile. Everything here is reckoned anew: nothing is asked of the daemon.
 */
import Big from 'big.js';
import type { Paths } from '../../src/config/paths.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { OrderReport } from '../../src/engine/input.ts';
import type { OrderRequest } from '../../src/engine/output.ts';
import { type JournalReader, openJournalForReading } from '../../src/journal/journal-reader.ts';
import type { StoredSession } from '../../src/journal/rows.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { requestOf } from '../../src/session/keeping/stored-session.ts';
import { openVenue } from '../../src/session/venues.ts';
import { KeptVenue } from '../../src/venue/simulated/kept/kept-venue.ts';
import { type LedgerLine, ofSession } from './ledger.ts';
import { tableProblems } from './tables.ts';
import { asRecord, readVenueFile } from './venue-file.ts';

type Fill = Extract<OrderReport, { status: 'fill' }>;

export interface Audited {
  readonly problems: readonly string[];
  readonly orders: number;
  readonly fills: number;
  readonly trades: number;
  readonly inputs: number;
}

/** Every session of a state folder that stands still. */
export async function audit(paths: Paths, ledger: readonly LedgerLine[]): Promise<Audited> {
  using journal = openJournalForReading(paths.journalFile);
  const problems = journal.integrity();
  const sum = { orders: 0, fills: 0, trades: 0, inputs: 0 };
  for (const session of journal.sessions(100).reverse()) {
    const one = await auditSession(journal, session, paths, ofSession(ledger, session.id));
    problems.push(...one.problems.map((problem) => `session ${session.id}: ${problem}`));
    sum.orders += one.orders;
    sum.fills += one.fills;
    sum.trades += one.trades;
    sum.inputs += one.inputs;
  }
  return { problems, ...sum };
}

async function auditSession(
  journal: JournalReader,
  session: StoredSession,
  paths: Paths,
  ledger: readonly LedgerLine[],
): Promise<Audited> {
  const replayed = replaySession({ journal, session, until: null });
  const { engine } = replayed;
  const problems: string[] = [];
  if (replayed.difference !== null) problems.push(`replay differs: ${JSON.stringify(replayed.difference)}`);
  if (!replayed.whole) problems.push(`replay ends at input ${replayed.seq} of ${session.lastSeq}`);
  const kept = readVenueFile(`${paths.venueDir}/${session.id}.sqlite`);
  const venue = new KeptVenue({ ...(await openVenue(requestOf(session))), record: asRecord(kept) });
  const unheard = venue.catchUp(engine.toldTo);
  if (unheard.length > 0) problems.push(`the venue did what nobody was told: ${JSON.stringify(unheard)}`);

  const sent = [
    ...ledger.flatMap((line) => (line.kind === 'request' ? [line.request] : [])),
    ...kept.requests.map(({ request }) => request),
  ];
  const submitted = new Map<number, OrderRequest>();
  for (const request of sent) if (request.op === 'submit') submitted.set(request.order.id, request.order);
  const fills = fillsOf(ledger, problems);
  const intents = intentsOf(journal, session);
  // A kill between the venue's books and the ledger: what was filled has been sent.
  for (const { orderId } of fills.values()) {
    const intent = intents.get(orderId);
    if (intent !== undefined && !submitted.has(orderId)) submitted.set(orderId, intent);
  }
  const book = { journal, session, engine, venue, submitted, intents, fills };
  problems.push(
    ...sentTwice(ledger),
    ...intentProblems(book),
    ...fillProblems(book),
    ...orderProblems(book),
    ...positionProblems(book),
    ...moneyProblems(book),
    ...(session.ended === null ? protectionProblems(book) : []),
    ...tableProblems(paths.journalFile, session, engine),
  );
  return {
    problems,
    orders: submitted.size,
    fills: fills.size,
    trades: engine.trades().length,
    inputs: replayed.inputs,
  };
}

interface Books {
  readonly journal: JournalReader;
  readonly session: StoredSession;
  readonly engine: Engine;
  readonly venue: KeptVenue;
  readonly submitted: ReadonlyMap<number, OrderRequest>;
  readonly intents: ReadonlyMap<number, OrderRequest>;
  /** By order and the venue's id of the execution. */
  readonly fills: ReadonlyMap<string, Fill>;
}

/** The venue may walk the same stretch again after a restart: what it did there must be the same. */
function fillsOf(ledger: readonly LedgerLine[], problems: string[]): Map<string, Fill> {
  const fills = new Map<string, Fill>();
  for (const line of ledger) {
    if (line.kind !== 'reports') continue;
    for (const report of line.reports) {
      if (report.status !== 'fill') continue;
      const key = `${report.orderId}/${report.fillId}`;
      const known = fills.get(key);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(report))
        problems.push(`the venue filled ${key} in two ways`);
      fills.set(key, report);
    }
  }
  return fills;
}

function sentTwice(ledger: readonly LedgerLine[]): string[] {
  const seen = new Set<number>();
  const problems: string[] = [];
  for (const line of ledger) {
    if (line.kind !== 'request' || line.request.op !== 'submit') continue;
    const { id } = line.request.order;
    if (seen.has(id)) problems.push(`order ${id} was sent twice`);
    seen.add(id);
  }
  return problems;
}

/** What the journal meant to send. */
function intentsOf(journal: JournalReader, session: StoredSession): Map<number, OrderRequest> {
  const intents = new Map<number, OrderRequest>();
  for (const { outputsText } of journal.entries(session.id, session.prunedTo)) {
    for (const output of JSON.parse(outputsText))
      if (output.kind === 'submit') intents.set(output.order.id, output.order);
  }
  return intents;
}

/** Nothing reached the venue that had not been committed before, word for word. */
function intentProblems({ submitted, intents }: Books): string[] {
  const problems: string[] = [];
  for (const [id, order] of submitted) {
    const intent = intents.get(id);
    if (intent === undefined)
      problems.push(`order ${id} reached the venue and the journal knows nothing of it`);
    else if (JSON.stringify(intent) !== JSON.stringify(order))
      problems.push(`order ${id} was sent otherwise`);
  }
  return problems;
}

function fillProblems({ journal, session, fills }: Books): string[] {
  const problems: string[] = [];
  const booked = new Set<string>();
  for (const fill of journal.fills(session.id)) {
    const key = `${fill.orderId}/${fill.fillId}`;
    if (booked.has(key)) problems.push(`fill ${key} is booked twice`);
    booked.add(key);
    const there = fills.get(key);
    if (there === undefined) problems.push(`fill ${key} is booked and the venue has none`);
    else if (
      [
        [there.price, fill.price],
        [there.quantity, fill.quantity],
        [there.fee, fill.fee],
      ].some(([a = '', b = '']) => !new Big(a).eq(b)) ||
      there.feeIn !== fill.feeIn
    )
      problems.push(`fill ${key} is booked otherwise: ${JSON.stringify(fill)} for ${JSON.stringify(there)}`);
  }
  for (const key of fills.keys())
    if (!booked.has(key)) problems.push(`fill ${key} of the venue was forgotten`);
  return problems;
}

function orderProblems({ engine, venue }: Books): string[] {
  const problems: string[] = [];
  const claims = new Map(engine.claims().orders.map((claim) => [claim.id, claim]));
  for (const order of venue.orders()) {
    const claim = claims.get(order.orderId);
    if (claim === undefined) {
      if (order.status === 'open') problems.push(`order ${order.orderId} is open at the venue alone`);
      continue;
    }
    if ((order.status === 'open') === claim.final)
      problems.push(`order ${order.orderId} is ${order.status} at the venue and ${claim.status} here`);
    const filled = sum(order.fills.map(({ quantity }) => quantity));
    if (!filled.eq(claim.filled))
      problems.push(`order ${order.orderId}: ${filled} filled, not ${claim.filled}`);
    if (order.status !== 'open') continue;
    if (!new Big(order.quantity).eq(claim.quantity))
      problems.push(
        `order ${order.orderId}: quantity ${order.quantity} at the venue, ${claim.quantity} here`,
      );
    if (!sameStop(order.stopPrice, claim.stopPrice))
      problems.push(`order ${order.orderId}: stop ${order.stopPrice} at the venue, ${claim.stopPrice} here`);
  }
  for (const claim of claims.values())
    if (!claim.final && venue.order(claim.id) === undefined)
      problems.push(`order ${claim.id} is ${claim.status} here and the venue has none`);
  return problems;
}

function sameStop(there: string | null, here: string | null): boolean {
  if (there === null || here === null) return there === here;
  return new Big(there).eq(here);
}

function positionProblems({ engine, venue, submitted, fills }: Books): string[] {
  const problems: string[] = [];
  const here = engine.claims().holdings;
  const there = venue.positions();
  const reckoned = new Map<string, Big>();
  for (const fill of fills.values()) {
    const order = submitted.get(fill.orderId);
    if (order === undefined) continue;
    const signed = new Big(fill.quantity).times(order.side === 'buy' ? 1 : -1);
    const net = fill.feeIn === 'base' ? signed.minus(fill.fee) : signed;
    reckoned.set(order.symbol, (reckoned.get(order.symbol) ?? new Big(0)).plus(net));
  }
  for (const symbol of new Set([...here.keys(), ...there.keys(), ...reckoned.keys()])) {
    const [a, b] = [new Big(here.get(symbol) ?? 0), new Big(there.get(symbol) ?? 0)];
    const c = reckoned.get(symbol) ?? new Big(0);
    if (!a.eq(b) || !b.eq(c)) problems.push(`${symbol}: ${a} here, ${b} at the venue, ${c} by its fills`);
  }
  return problems;
}

/** Cash and fees of what is closed, from the venue's fills alone. */
function moneyProblems({ engine, submitted, fills }: Books): string[] {
  const account = engine.account();
  if (account === null) return [];
  const problems: string[] = [];
  const cash = new Map<number, Big>();
  const fees = new Map<number, Big>();
  for (const fill of fills.values()) {
    const order = submitted.get(fill.orderId);
    if (order === undefined) continue;
    const { tradeId, side } = order;
    const notional = new Big(fill.price).times(fill.quantity).times(side === 'sell' ? 1 : -1);
    const fee = fill.feeIn === 'quote' ? new Big(fill.fee) : new Big(0);
    cash.set(tradeId, (cash.get(tradeId) ?? new Big(0)).plus(notional).minus(fee));
    const value = fill.feeIn === 'quote' ? fee : new Big(fill.fee).times(fill.price);
    fees.set(tradeId, (fees.get(tradeId) ?? new Big(0)).plus(value));
  }
  let closed = new Big(0);
  let paid = new Big(0);
  for (const trade of engine.trades()) {
    const [made, fee] = [cash.get(trade.id) ?? new Big(0), fees.get(trade.id) ?? new Big(0)];
    if (!made.eq(trade.pnl)) problems.push(`trade ${trade.id} made ${made.toFixed()}, not ${trade.pnl}`);
    if (!fee.eq(trade.fees)) problems.push(`trade ${trade.id} paid ${fee.toFixed()}, not ${trade.fees}`);
    closed = closed.plus(made);
    paid = paid.plus(fee);
  }
  const equity = new Big(account.startEquity).plus(closed);
  if (!equity.eq(account.equity)) problems.push(`equity ${equity.toFixed()}, not ${account.equity}`);
  if (!paid.eq(account.fees)) problems.push(`fees ${paid.toFixed()}, not ${account.fees}`);
  return problems;
}

/** Every unit that the venue holds has a stop over it there, or an order that closes it. */
function protectionProblems({ venue, submitted }: Books): string[] {
  const problems: string[] = [];
  for (const [symbol, quantity] of venue.positions()) {
    const held = new Big(quantity);
    const closing = held.gt(0) ? 'sell' : 'buy';
    let stopped = new Big(0);
    let leaving = new Big(0);
    for (const order of venue.orders()) {
      const request = submitted.get(order.orderId);
      if (order.status !== 'open' || order.symbol !== symbol || request?.side !== closing) continue;
      const left = new Big(order.quantity).minus(sum(order.fills.map((fill) => fill.quantity)));
      if (request.purpose === 'stop') stopped = stopped.plus(left);
      if (request.purpose === 'exit') leaving = leaving.plus(left);
    }
    if (stopped.lt(held.abs()) && stopped.plus(leaving).lt(held.abs()))
      problems.push(`${symbol}: ${quantity} held, ${stopped} under a stop, ${leaving} being closed`);
  }
  return problems;
}

function sum(quantities: readonly string[]): Big {
  return quantities.reduce((total, quantity) => total.plus(quantity), new Big(0));
}
