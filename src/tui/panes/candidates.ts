/** What the last scan left to be watched, best first, each with the level that it is nearest to breaking. */
import { compact } from '../../cli/format.ts';
import type { ScanResult } from '../../protocol/trading-views.ts';
import type { ViewState } from '../store/state.ts';
import { clock, dayClock, decimal, signed } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { EMPTY, line, plain, span } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import {
  ATR_CELLS,
  BAR_CELLS,
  LEVEL_CELLS,
  levelCell,
  levelFields,
  nearBar,
  toGoCell,
} from './level-words.ts';
import { type Pane, waiting } from './pane.ts';

type Candidate = ScanResult['candidates'][number];

interface Figure {
  /** As the scan calls it. */
  readonly name: string;
  readonly head: string;
  readonly width: number;
  readonly least: number;
  readonly text: (value: number) => string;
  readonly words: string;
}

const times = (value: number): string => `${value.toFixed(1)}x`;
const share = (value: number): string => (value * 100).toFixed(2);

/** What the scan measures, with its unit in the head. */
const FIGURES: readonly Figure[] = [
  {
    name: 'change_24h',
    head: '24h %',
    width: 6,
    least: 4,
    text: (v) => signed(v * 100, 1),
    words: 'change of 24 h, %',
  },
  { name: 'volume_24h', head: 'volume', width: 6, least: 5, text: compact, words: 'volume of 24 h in quote' },
  {
    name: 'volume_surge_1h',
    head: 'vol1h',
    width: 5,
    least: 6,
    text: times,
    words: 'volume of 1 h against its mean',
  },
  {
    name: 'volume_surge_5m',
    head: 'vol5m',
    width: 5,
    least: 8,
    text: times,
    words: 'volume of 5 min against its mean',
  },
  { name: 'atr_range', head: 'ATR %', width: 5, least: 7, text: share, words: 'ATR in % of the price' },
  {
    name: 'bb_width_percentile',
    head: 'BBpct',
    width: 5,
    least: 10,
    text: (v) => (v * 100).toFixed(0),
    words: 'percentile of the Bollinger width',
  },
  {
    name: 'spread',
    head: 'bps',
    width: 5,
    least: 9,
    text: (v) => v.toFixed(1),
    words: 'spread in basis points',
  },
  { name: 'depth', head: 'depth', width: 6, least: 11, text: compact, words: 'depth of the book in quote' },
  {
    name: 'trades_per_minute',
    head: 'tr/m',
    width: 6,
    least: 11,
    text: compact,
    words: 'trades in a minute',
  },
  {
    name: 'oi_change',
    head: 'OI %',
    width: 6,
    least: 12,
    text: (v) => signed(v * 100, 1),
    words: 'change of the open interest, %',
  },
  {
    name: 'btc_correlation',
    head: 'BTC',
    width: 5,
    least: 12,
    text: (v) => signed(v),
    words: 'correlation with BTC',
  },
];

/** A dash where there is no such figure. */
function figureText({ figures }: Candidate, { name, text }: Figure): string {
  const value = figures[name] ?? null;
  return value === null ? '-' : text(value);
}

function columnsOf(glyphs: Glyphs): readonly Column<Candidate>[] {
  return [
    { head: '#', width: 2, align: 'right', cell: ({ rank }) => span('dim', String(rank)) },
    { head: 'symbol', width: 14, from: 10, cell: ({ symbol }) => span('strong', plain(symbol)) },
    { head: 'score', width: 5, align: 'right', least: 1, cell: ({ score }) => signed(score) },
    { head: 'close', width: 10, align: 'right', least: 2, cell: ({ close }) => decimal(close, 10) },
    {
      head: 'nearest',
      width: LEVEL_CELLS,
      cell: ({ nearest }) => (nearest ? levelCell(nearest, glyphs) : span('dim', 'no level')),
    },
    {
      head: 'ATR',
      width: ATR_CELLS,
      align: 'right',
      cell: ({ nearest }) => (nearest ? toGoCell(nearest) : ''),
    },
    { head: 'to go', width: BAR_CELLS, cell: ({ nearest }) => (nearest ? nearBar(nearest, glyphs) : '') },
    { head: 'lvls', width: 4, align: 'right', least: 3, cell: ({ armedLevels }) => String(armedLevels) },
    ...FIGURES.map(
      (figure): Column<Candidate> => ({
        head: figure.head,
        width: figure.width,
        align: 'right',
        least: figure.least,
        cell: (candidate) => figureText(candidate, figure),
      }),
    ),
  ];
}

function rowsOf({ reads }: ViewState, filter: string): readonly Candidate[] {
  const all = reads.candidates?.data.candidates ?? [];
  return filter === '' ? all : all.filter(({ symbol }) => symbol.toLowerCase().includes(filter));
}

const candidateOf = (state: ViewState, key: string): Candidate | undefined =>
  rowsOf(state, '').find(({ symbol }) => symbol === key);

function nothing({ at, passed, universe }: ScanResult, filter: string): string {
  if (filter !== '') return 'no candidate has that in it';
  if (at === null) return 'no scan yet';
  return `no candidate: ${passed} of ${universe} symbols pass the filters`;
}

export const candidates: Pane = {
  id: 'candidates',
  title: 'Candidates',
  hotkey: '2',
  minWidth: 40,
  minHeight: 4,
  needs: ['candidates'],
  summary: ({ reads }) => {
    const scan = reads.candidates?.data;
    if (scan === undefined || scan.at === null) return '';
    return `${scan.passed} of ${scan.universe} pass, scan ${clock(scan.at).slice(0, 5)}`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(({ symbol }) => symbol),
  symbolOf: (state, key) => candidateOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    const read = state.reads.candidates;
    if (read === undefined) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0) return [line(span('dim', nothing(read.data, filter)))];
    return table({
      columns: columnsOf(glyphs),
      rows,
      width,
      height,
      keyOf: ({ symbol }) => symbol,
      selected,
      pointer: glyphs.pointer,
    });
  },
  detail(state, key) {
    const candidate = candidateOf(state, key);
    const scan = state.reads.candidates?.data;
    if (!candidate || !scan) return null;
    const { nearest, armedLevels } = candidate;
    const head: readonly Field[] = [
      ['symbol', span('strong', candidate.symbol)],
      ['rank', `${candidate.rank} of ${scan.candidates.length}, score ${signed(candidate.score)}`],
      ['close', candidate.close],
      ...(scan.at === null ? [] : [['scan of', `${dayClock(scan.at)} UTC`] as const]),
      ['armed', armedLevels === 1 ? '1 level' : `${armedLevels} levels`],
    ];
    return [
      ...fields(head),
      EMPTY,
      ...(nearest === null
        ? [line(span('dim', 'no level of it is armed'))]
        : [line(span('strong', 'Nearest level')), ...fields(levelFields(nearest))]),
      EMPTY,
      ...FIGURES.map((figure) => {
        const text = figureText(candidate, figure);
        const value = text === '-' ? span('dim', 'not known') : text.padStart(10);
        return line(span('dim', figure.words.padEnd(34)), value);
      }),
    ];
  },
};
