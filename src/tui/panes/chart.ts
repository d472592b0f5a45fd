/** The candles of the selected symbol, with what the engine has there: level, entry, stop and targets. */
import { grouped } from '../../cli/format.ts';
import type { CandleResult, LevelResult } from '../../protocol/trading-views.ts';
import type { PositionResult } from '../../protocol/views.ts';
import type { ViewState } from '../store/state.ts';
import { clock, dayClock, decimal, signed } from '../text/figures.ts';
import { type Line, line, plain, span, type Tone } from '../text/line.ts';
import { chartGrid, type Grid, type Mark } from './chart-grid.ts';
import { type FigureRow, figureRow } from './figure-rows.ts';
import { type Pane, waiting } from './pane.ts';

const gain = (value: number): Tone => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');

const PRICE = 10;
const DAY_MS = 86_400_000;

/** A price of the chart with seven digits that count. */
const priceText = (price: number): string => decimal(String(Number(price.toPrecision(7))), PRICE);

function mark(name: string, price: string, tone: Tone, over: Partial<Mark> = {}): Mark {
  return {
    name,
    price: Number(price),
    text: decimal(price, PRICE),
    tone,
    drawn: true,
    minor: false,
    ...over,
  };
}

function positionMarks({ entry, stop, targets, level }: PositionResult): Mark[] {
  return [
    ...(stop === null ? [] : [mark('stop', stop, 'bad')]),
    mark('entry', entry, 'accent'),
    ...targets.map(({ purpose, price }) => mark(purpose.toUpperCase(), price, 'good')),
    mark('level', level, 'warn'),
  ];
}

/** More lines than these hide the candles. */
const MOST_LEVELS = 4;

function levelMarks(levels: readonly LevelResult[], symbol: string, known: readonly Mark[]): Mark[] {
  const near = (each: LevelResult): number => Math.abs(each.distanceAtr ?? Number.MAX_VALUE);
  return levels
    .filter((each) => each.symbol === symbol && !known.some(({ price }) => price === Number(each.price)))
    .sort((a, b) => near(a) - near(b))
    .slice(0, MOST_LEVELS)
    .map(({ price, life }) => mark(life === 'armed' ? 'armed' : 'level', price, 'warn', { minor: true }));
}

/** The newest price that is known: the stream's, or the last close. */
function lastPrice({ prices }: ViewState, symbol: string, candles: readonly CandleResult[]): string | null {
  const close = candles.at(-1);
  const live = prices.get(symbol);
  if (close === undefined) return live?.price ?? null;
  return live !== undefined && live.at >= close.closeTime ? live.price : String(close.close);
}

function marksOf(state: ViewState, symbol: string, last: string | null): Mark[] {
  const held = state.positions.filter((position) => position.symbol === symbol).flatMap(positionMarks);
  const levels = levelMarks(state.reads.levels?.data.levels ?? [], symbol, held);
  return [...(last === null ? [] : [mark('last', last, 'strong', { drawn: false })]), ...held, ...levels];
}

function headLine(symbol: string, last: string | null, { shown }: Grid, width: number): Line {
  const [first] = shown;
  const newest = shown.at(-1);
  const parts: FigureRow['parts'][number][] = [last === null ? null : span('strong', decimal(last, PRICE))];
  if (first !== undefined && newest !== undefined && last !== null) {
    const change = first.open > 0 ? (Number(last) / first.open - 1) * 100 : null;
    parts.push(
      change === null ? null : span(gain(change), `${signed(change)} %`),
      `in ${grouped(shown.length)} x 15m`,
      `closed ${clock(newest.closeTime).slice(0, 5)}`,
    );
  }
  return figureRow({ name: symbol, parts }, width);
}

/** Every so many cells a time. */
const TIME_EVERY = 16;

/** Close times below their candles, from the right, so that they stand still while candles pass; the day where it is a new one. */
function timesLine({ shown, columns, step }: Grid): Line {
  const left = columns - shown.length * step;
  const count = Math.floor((columns - left) / TIME_EVERY);
  let text = '';
  let day: number | null = null;
  for (let i = count; i > 0; i--) {
    const x = columns - i * TIME_EVERY;
    const candle = shown[Math.floor((x - left) / step)];
    if (candle === undefined) continue;
    const its = Math.floor(candle.closeTime / DAY_MS);
    text = `${text.padEnd(x)}${its === day ? clock(candle.closeTime).slice(0, 5) : dayClock(candle.closeTime).slice(0, 11)}`;
    day = its;
  }
  return line(span('dim', ` ${text}`));
}

/** From here on there is a line for the times. */
const TIMES_FROM = 9;

export const chart: Pane = {
  id: 'chart',
  title: 'Chart',
  hotkey: '8',
  minWidth: 40,
  minHeight: 6,
  needs: ['candles', 'positions', 'levels'],
  render({ state, width, height, glyphs, symbol }) {
    if (height <= 0) return [];
    if (symbol === null)
      return [line(span('dim', 'no symbol yet: select a position, a candidate or a level'))];
    const read = state.reads.candles;
    // The answer about the symbol before is not this one's.
    if (!read || read.data.symbol !== symbol) return [waiting(state)];
    const { candles } = read.data;
    if (candles.length === 0) return [line(span('dim', `no candle of ${plain(symbol)} has closed yet`))];
    const last = lastPrice(state, symbol, candles);
    const times = height >= TIMES_FROM ? 1 : 0;
    const marks = marksOf(state, symbol, last);
    const grid = chartGrid({ candles, marks, width, rows: height - 1 - times, glyphs, priceText });
    return [
      headLine(plain(symbol), last, grid, width),
      ...grid.lines,
      ...(times === 1 ? [timesLine(grid)] : []),
    ].slice(0, height);
  },
};
