/** How the view's knowledge changes: pure functions from what came over the socket to the next state. */
import { eventWords, isNews } from '../../cli/words.ts';
import type { EventNotification, PricesNotification, WireEvent } from '../../protocol/events.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import type { PositionResult } from '../../protocol/views.ts';
import { plain, type Tone } from '../text/line.ts';
import type { ReadName, ReadResult } from './reads.ts';
import { type Connection, type LogEntry, MOST_EVENTS, MOST_NEWS, type ViewState } from './state.ts';

type Snapshot = ResultOf<'events.subscribe'>['snapshot'];

/** Levels and single orders are many and say little by themselves: the log has them where they are searched for. */
const QUIET: ReadonlySet<WireEvent['type']> = new Set(['scan', 'level', 'order']);

/** The end of two lists as one, no longer than `most`. */
function bounded<T>(list: readonly T[], more: readonly T[], most: number): readonly T[] {
  if (more.length === 0) return list;
  if (more.length >= most) return more.slice(-most);
  return [...list.slice(Math.max(0, list.length + more.length - most)), ...more];
}

function logged(state: ViewState, entries: readonly LogEntry[]): ViewState {
  const news = entries.filter((entry) => entry.kind === 'notice' || isShown(entry.told.event));
  return {
    ...state,
    events: bounded(state.events, entries, MOST_EVENTS),
    news: bounded(state.news, news, MOST_NEWS),
  };
}

/** The states of the pipeline, which is drawn at the top: passing through them is no news. */
const PIPELINE: ReadonlySet<string> = new Set([
  'SCANNING',
  'LEVEL_BUILDING',
  'SIGNAL_WAIT',
  'SIZING',
  'EXECUTION',
  'MANAGING',
]);

function isPassing(event: WireEvent): boolean {
  return event.type === 'state' && PIPELINE.has(event.from) && PIPELINE.has(event.to);
}

function isShown(event: WireEvent): boolean {
  return !isPassing(event) && !QUIET.has(event.type) && isNews(event);
}

/** What a command brings about, or what calls for one: the engine paused, stopped, halted, in another state. */
const URGENT: ReadonlySet<WireEvent['type']> = new Set(['state', 'session', 'halt', 'halt_released']);

/** True of what a person waits for, who would take a late screen for a command that did nothing. */
export function isUrgent(event: WireEvent): boolean {
  return URGENT.has(event.type) && !isPassing(event);
}

/** How things stood when the subscription began. */
export function applySnapshot(
  state: ViewState,
  { stream, seq, snapshot }: { readonly stream: string; readonly seq: number; readonly snapshot: Snapshot },
): ViewState {
  const { status, positions, orders } = snapshot;
  // Prices of before are older than the marks of the snapshot, or another session's.
  return { ...state, stream, seq, status, positions, orders, prices: new Map() };
}

/**
 * Events in order. Those up to `history` happened before the snapshot, which already has what they did: they are
 * listed only.
 */
export function applyEvents(state: ViewState, told: readonly EventNotification[], history = 0): ViewState {
  if (told.length === 0) return state;
  const entries = told.map(
    (each): LogEntry => ({ kind: 'event', id: `${state.stream}:${each.seq}`, told: each }),
  );
  let next = logged(state, entries);
  for (const each of told) if (each.seq > history) next = applyEvent(next, each);
  const seq = told.at(-1)?.seq ?? state.seq;
  return { ...next, seq: Math.max(seq, state.seq) };
}

/** What an event says by itself; all else is read anew soon after it. */
function applyEvent(state: ViewState, { event }: EventNotification): ViewState {
  switch (event.type) {
    case 'state':
      return state.status === null ? state : { ...state, status: { ...state.status, state: event.to } };
    case 'session':
      // Another session's prices and positions are not this one's.
      return event.change === 'started' ? { ...state, prices: new Map(), positions: [], orders: [] } : state;
    case 'position':
      return { ...state, positions: positionsAfter(state.positions, event) };
    case 'trade':
      return { ...state, positions: state.positions.filter(({ tradeId }) => tradeId !== event.trade.id) };
    default:
      return state;
  }
}

function positionsAfter(
  positions: readonly PositionResult[],
  event: Extract<WireEvent, { type: 'position' }>,
): readonly PositionResult[] {
  if (event.change === 'closed') return positions.filter(({ tradeId }) => tradeId !== event.tradeId);
  return positions.map((position) => {
    if (position.tradeId !== event.tradeId) return position;
    if (event.change === 'protected')
      return { ...position, stop: event.stop, protectedQuantity: event.quantity };
    return { ...position, quantity: event.quantity, stop: event.stop };
  });
}

export function applyPrices(state: ViewState, told: readonly PricesNotification[]): ViewState {
  if (told.length === 0) return state;
  const prices = new Map(state.prices);
  for (const { at, prices: newest } of told)
    for (const [symbol, price] of Object.entries(newest)) prices.set(symbol, { price, at });
  return { ...state, prices };
}

/** An answer to a read: it replaces what events have said of the same since the answer before. */
export function applyRead<K extends ReadName>(
  state: ViewState,
  name: K,
  data: ReadResult<K>,
  at: number,
): ViewState {
  const reads: ViewState['reads'] = { ...state.reads, [name]: { data, at, error: null } };
  return {
    ...state,
    heardAt: at,
    reads,
    status: reads.status && name === 'status' ? reads.status.data : state.status,
    positions: reads.positions && name === 'positions' ? reads.positions.data.positions : state.positions,
    orders: reads.orders && name === 'orders' ? reads.orders.data.orders.filter(isOut) : state.orders,
  };
}

function isOut({ status }: ViewState['orders'][number]): boolean {
  return status === 'submitted' || status === 'working' || status === 'unknown';
}

export function applyReadFailure(state: ViewState, name: ReadName, error: string): ViewState {
  const known = state.reads[name];
  // Nothing was ever read: there is no figure to hold the error beside, the log has it.
  if (!known) return notice(state, 'warn', `cannot read ${name}: ${error}`, state.now);
  return { ...state, reads: { ...state.reads, [name]: { ...known, error: plain(error) } } };
}

export function applyConnection(state: ViewState, connection: Connection): ViewState {
  return { ...state, connection };
}

export function heard(state: ViewState, at: number): ViewState {
  return { ...state, heardAt: at };
}

export function tick(state: ViewState, now: number): ViewState {
  return { ...state, now };
}

let notices = 0;

/** Something that the view itself has to say, in its place among the events. */
export function notice(state: ViewState, tone: Tone, text: string, at: number): ViewState {
  notices += 1;
  return logged(state, [{ kind: 'notice', id: `n${notices}`, at, tone, text: plain(text) }]);
}

/** A position as the newest price makes it: the mark and the R move with it, exactly, between two reads. */
export interface MarkedPosition {
  readonly position: PositionResult;
  readonly mark: string;
  readonly r: number;
  readonly pnl: number;
}

export function marked(position: PositionResult, prices: ViewState['prices']): MarkedPosition {
  const newest = prices.get(position.symbol);
  const known = {
    position,
    mark: position.mark,
    r: position.unrealisedR,
    pnl: Number(position.unrealisedPnl),
  };
  const risk = Number(position.risk);
  if (newest === undefined || newest.at < position.openedAt || risk <= 0) return known;
  const sign = position.side === 'long' ? 1 : -1;
  const moved = sign * (Number(newest.price) - Number(position.mark)) * Number(position.quantity);
  return { position, mark: newest.price, r: known.r + moved / risk, pnl: known.pnl + moved };
}

/** The text of an entry, as it is shown and searched. */
export function entryWords(entry: LogEntry): {
  readonly kind: string;
  readonly text: string;
  readonly tone: Tone;
} {
  if (entry.kind === 'notice') return { kind: 'view', text: entry.text, tone: entry.tone };
  const { text, tone } = eventWords(entry.told.event);
  return { kind: entry.told.event.type, text: plain(text), tone };
}
