/** Events in words: one line each, the same in `start --follow`, `events` and the demo. */
import type { EventNotification, PricesNotification, WireEvent } from '../protocol/events.ts';
import { inR, plural, price, signed } from './format.ts';
import type { Paint, Tone } from './style.ts';

interface Words {
  readonly text: string;
  readonly tone: Tone;
}

const said = (text: string, tone: Tone = 'plain'): Words => ({ text, tone });

/** The states of a scan round: passed every few minutes while nothing happens. */
const ROUND: ReadonlySet<string> = new Set(['SCANNING', 'LEVEL_BUILDING', 'SIGNAL_WAIT']);

const ALARMING: ReadonlySet<string> = new Set(['ERROR', 'EMERGENCY']);

/** Topics of a live view for people: levels and single orders are many, and `breakout events` has them all. */
export const LIVE_TOPICS = [
  'session',
  'state',
  'signal',
  'refused',
  'fill',
  'position',
  'trade',
  'halt',
  'halt_released',
  'dust',
  'gap',
  'warning',
  'health',
] as const;

/** Whether an event says anything to a person watching: not the quiet rounds of the scanner. */
export function isNews(event: WireEvent): boolean {
  if (event.type === 'state')
    return !(ROUND.has(event.to) && (ROUND.has(event.from) || event.from === 'MANAGING'));
  // Fills and trades say the rest; a trailing stop moves too often for the eye.
  if (event.type === 'position') return event.change === 'stop_moved' && event.reason !== 'trail';
  return true;
}

/** `2024-03-31 08:05:00  trade    SOLUSDT …`, in the venue's time. */
export function eventLine({ at, event }: EventNotification, paint: Paint): string {
  const { text, tone } = eventWords(event);
  return `${paint('dim', clock(at))}  ${event.type.padEnd(8)} ${paint(tone, text)}`;
}

/** `2024-03-31 08:05:00  price    BTCUSDT 97000.1, ETHUSDT 3412.55`. */
export function pricesLine({ at, prices }: PricesNotification, paint: Paint): string {
  const told = Object.entries(prices).map(([symbol, newest]) => `${symbol} ${newest}`);
  return `${paint('dim', clock(at))}  ${'price'.padEnd(8)} ${told.join(', ')}`;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

export function eventWords(event: WireEvent): Words {
  switch (event.type) {
    case 'session':
      return event.change === 'started'
        ? said(
            `started ${event.preset} on ${event.venue} (${event.mode}), ${plural(event.symbols, 'symbol')}`,
            'strong',
          )
        : said(`ended: ${event.message}`, event.reason === 'failed' ? 'bad' : 'strong');
    case 'state':
      return said(
        `${event.from} -> ${event.to}${because(event.reason)}${event.by === 'engine' ? '' : ` (by ${event.by})`}`,
        ALARMING.has(event.to) ? 'bad' : event.to === 'PAUSED' ? 'warn' : 'dim',
      );
    case 'scan':
      return said(
        `${event.passed} of ${plural(event.universe, 'symbol')} pass${best(event.candidates)}`,
        'dim',
      );
    case 'level':
      return said(
        `${event.symbol} ${event.side} level ${event.price} ${event.life}, strength ${event.strength.toFixed(2)}, ${plural(event.touches, 'touch', 'touches')}${because(event.reason)}`,
        'dim',
      );
    case 'signal':
      return said(
        `${event.symbol} ${event.side} ${event.strategy} at ${event.price} through ${event.level}, stop ${event.stop}, confidence ${event.confidence.toFixed(2)}`,
        'strong',
      );
    case 'refused':
      return said(`${event.symbol} not traded: ${rejection(event.rejection)}`, 'warn');
    case 'order':
      return said(
        `${event.order.symbol} #${event.order.id} ${purposeWords(event.order.purpose)}: ${event.order.side} ${event.order.quantity} ${orderWords(event.order)} ${event.status}${because(event.reason)}`,
        event.status === 'rejected' || event.status === 'unknown' ? 'bad' : 'dim',
      );
    case 'fill':
      return said(
        `${event.symbol} ${purposeWords(event.purpose)}: ${bought(event.side)} ${event.quantity} at ${event.price}, fee ${Number(Number(event.fee).toPrecision(4))}`,
      );
    case 'position':
      return positionWords(event);
    case 'trade': {
      const { trade } = event;
      return said(
        `${trade.symbol} ${trade.side} ${trade.pnl.startsWith('-') ? 'lost' : 'won'} ${inR(trade.r)} (${signed(Number(trade.pnl), 2)}) by ${trade.exitReason.replaceAll('_', ' ')}, ${price(trade.entry)} to ${price(trade.exit)}`,
        trade.pnl.startsWith('-') ? 'bad' : 'good',
      );
    }
    case 'halt':
      return said(
        `no more entries: ${event.rule.replaceAll('_', ' ')} ${figure(event.value)} reached the limit ${figure(event.limit)}, ${event.release === 'manual' ? 'until `breakout reset`' : 'until the next UTC day'}`,
        'bad',
      );
    case 'halt_released':
      return said(
        `entries again: ${event.rule.replaceAll('_', ' ')} released${because(event.reason)}`,
        'good',
      );
    case 'dust':
      return said(`${event.symbol}: ${event.quantity} is too small for the venue to close and stays`, 'warn');
    case 'gap':
      return said(`${event.symbol}: ${plural(event.missing, 'candle')} missing`, 'warn');
    case 'warning':
      return said(
        `${event.symbol === null ? '' : `${event.symbol}: `}${event.message} (${event.code})`,
        'warn',
      );
    case 'health':
      return said(
        event.issues.length === 0
          ? `healthy again, was ${event.was}`
          : `${event.status}: ${event.issues.map(({ message }) => message).join('; ')}`,
        event.status === 'critical' ? 'bad' : event.status === 'warning' ? 'warn' : 'good',
      );
  }
}

function positionWords(event: Extract<WireEvent, { type: 'position' }>): Words {
  const what = `${event.symbol} ${event.side}`;
  switch (event.change) {
    case 'protected':
      return said(`${what} ${event.quantity} protected, stop ${event.stop ?? '-'}`, 'dim');
    case 'stop_moved':
      return said(`${what} stop moved to ${event.stop ?? '-'}${because(event.reason)}`, 'dim');
    case 'closed':
      return said(`${what} closed${because(event.reason)}`);
    default:
      return said(`${what} ${event.change}: holds ${event.quantity}${because(event.reason)}`);
  }
}

const PURPOSE: Readonly<Record<string, string>> = { add_on: 'add-on', tp1: 'target 1', tp2: 'target 2' };

function purposeWords(purpose: string): string {
  return PURPOSE[purpose] ?? purpose;
}

function bought(side: 'buy' | 'sell'): string {
  return side === 'buy' ? 'bought' : 'sold';
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function best(candidates: readonly { readonly symbol: string; readonly score: number }[]): string {
  const shown = candidates.slice(0, 3).map(({ symbol, score }) => `${symbol} ${signed(score, 2)}`);
  return shown.length === 0 ? '' : `, best ${shown.join(', ')}`;
}

/** `free_slot (found 0, threshold 1)`: the code is stable, the figures are what was found and what it takes. */
export function rejection({
  code,
  value,
  threshold,
}: {
  code: string;
  value: number | null;
  threshold: number | null;
}): string {
  const figures = [
    ...(value === null ? [] : [`found ${figure(value)}`]),
    ...(threshold === null ? [] : [`threshold ${figure(threshold)}`]),
  ];
  return figures.length === 0 ? code : `${code} (${figures.join(', ')})`;
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString();
}

function orderWords(order: {
  readonly type: string;
  readonly price: string | null;
  readonly stopPrice: string | null;
}): string {
  const stop = order.stopPrice === null ? '' : ` at ${order.stopPrice}`;
  if (order.price === null) return `${order.type}${stop}`;
  return order.type === 'limit' ? `limit ${order.price}` : `${order.type}${stop} limit ${order.price}`;
}
