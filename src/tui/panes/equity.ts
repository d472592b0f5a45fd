/** Money and R over the session. Money moves with open positions, R with each trade that ends. */
import { grouped, percent, plural } from '../../cli/format.ts';
import type { ViewState } from '../store/state.ts';
import { dayClock, shortSpan, signed } from '../text/figures.ts';
import { type Line, line, type Span, span, spread, type Tone } from '../text/line.ts';
import { type Point, spark } from '../text/spark.ts';
import { figureRow } from './figure-rows.ts';
import { type Pane, type PaneView, waiting } from './pane.ts';

const gain = (value: number): Tone => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');

/** R cumulated trade by trade, from the start of the curve of equity to its end; null while trades are not read. */
function curveOfR({ reads }: ViewState, from: number, to: number): readonly Point[] | null {
  const { trades, equity } = reads;
  // Another session's trades would be drawn into this one's.
  if (!trades || trades.data.session !== equity?.data.session) return null;
  let sum = 0;
  const ended = [...trades.data.trades].sort((a, b) => a.closedAt - b.closedAt);
  const points = ended.map(({ closedAt, r }): Point => {
    sum += r;
    return { at: closedAt, value: sum };
  });
  const end = Math.max(to, points.at(-1)?.at ?? to);
  return [{ at: Math.min(from, points[0]?.at ?? from), value: 0 }, ...points, { at: end, value: sum }];
}

/** Deepest fall from a peak, zero or below. */
function fallOf(points: readonly Point[]): number {
  let peak = Number.NEGATIVE_INFINITY;
  let fall = 0;
  for (const { value } of points) {
    peak = Math.max(peak, value);
    fall = Math.min(fall, value - peak);
  }
  return fall;
}

function moneyLine(first: number, last: number, maxDrawdown: number | null, width: number): Line {
  const change = last - first;
  const share = first > 0 ? `, ${signed((change / first) * 100)} %` : '';
  const parts: (Span | string | null)[] = [
    span('strong', last.toFixed(2)),
    span(gain(change), `${signed(change)}${share}`),
    maxDrawdown === null ? null : `drawdown ${percent(maxDrawdown, 2)}`,
  ];
  return figureRow({ name: 'equity', parts }, width);
}

function lineOfR(curve: readonly Point[], trades: number, width: number): Line {
  if (trades === 0) return figureRow({ name: 'R', parts: [span('dim', 'no trade has ended yet')] }, width);
  const sum = curve.at(-1)?.value ?? 0;
  const parts = [
    span(gain(sum), `${signed(sum)} R`),
    `in ${plural(trades, 'trade')}`,
    `drawdown ${signed(fallOf(curve))} R`,
  ];
  return figureRow({ name: 'R', parts }, width);
}

function timesLine(from: number, to: number, width: number): Line {
  const minute = (at: number): string => dayClock(at).slice(0, 11);
  return spread([span('dim', ` ${minute(from)}`)], [span('dim', `${minute(to)} UTC`)], width);
}

/** Beyond this a line is no clearer. */
const HIGHEST = 16;
/** From here on there is a line for the times below the curves. */
const TIMES_FROM = 8;

function curves({ state, width, height, glyphs }: PaneView): readonly Line[] {
  const read = state.reads.equity;
  if (!read) return [waiting(state)];
  const { points, maxDrawdown } = read.data;
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined)
    return [line(span('dim', ' no equity yet: nothing has been started'))];
  const money = points.map((point): Point => ({ at: point.at, value: point.equity }));
  const r = curveOfR(state, first.at, last.at);
  const trades = state.reads.trades?.data.trades.length ?? 0;
  const times = height >= TIMES_FROM ? 1 : 0;
  const words = Math.min(height, 2);
  const drawn = Math.max(0, height - words - times);
  // The curve of R says nothing before the first trade has ended.
  const rowsOfR = r !== null && trades > 0 ? Math.min(HIGHEST, Math.floor(drawn / 3)) : 0;
  const rows = Math.min(HIGHEST, drawn - rowsOfR);
  const moneyCurve = spark({
    points: money,
    width,
    rows,
    glyphs,
    tone: gain(last.equity - first.equity),
    label: (value) => value.toFixed(2),
  });
  const curveR = spark({
    points: r ?? [],
    width,
    rows: rowsOfR,
    glyphs,
    tone: gain(r?.at(-1)?.value ?? 0),
    label: (value) => `${signed(value)} R`,
  });
  return [
    moneyLine(first.equity, last.equity, maxDrawdown, width),
    ...moneyCurve,
    r === null
      ? figureRow({ name: 'R', parts: [waiting(state)[0] ?? null] }, width)
      : lineOfR(r, trades, width),
    ...curveR,
    ...(times === 1 ? [timesLine(first.at, last.at, width)] : []),
  ].slice(0, Math.max(0, height));
}

export const equity: Pane = {
  id: 'equity',
  title: 'Equity',
  hotkey: '7',
  minWidth: 40,
  minHeight: 4,
  needs: ['equity', 'trades'],
  summary({ reads }) {
    const points = reads.equity?.data.points ?? [];
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined) return '';
    return `${shortSpan(last.at - first.at)} in ${grouped(points.length)} points`;
  },
  render: curves,
};
