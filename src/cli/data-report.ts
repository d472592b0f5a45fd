/** What `breakout data` has done, as tables. */
import type { DownloadReport } from '../data/download.ts';
import type { ExportReport } from '../data/export-folder.ts';
import type { ImportReport } from '../data/import-folder.ts';
import type { ListedSeries } from '../data/list-stores.ts';
import { grouped, plural, utc, wrapped } from './format.ts';
import type { Paint } from './style.ts';
import { table } from './table.ts';

/** More gaps than that are counted; `--json` has them all. */
const MOST_GAPS = 40;

export function downloadLines(report: DownloadReport, width: number, paint: Paint): string[] {
  const { series, store, unknown } = report;
  const gaps = series.flatMap(({ symbol, gaps: of }) => of.map((gap) => ({ symbol, ...gap })));
  const rows = table(
    [
      { title: 'symbol', text: (s) => s.symbol, keep: true },
      { title: 'new', text: (s) => grouped(s.added), right: true },
      { title: 'candles', text: (s) => grouped(s.candles), right: true },
      { title: 'first', text: (s) => utc(s.first), keep: true, drop: 2 },
      { title: 'last', text: (s) => utc(s.last), keep: true, drop: 1 },
      { title: 'gaps', text: (s) => String(s.gaps.length), right: true },
    ],
    series,
    width,
    paint,
  );
  return [
    ...rows,
    '',
    ...gapLines(gaps, width, paint),
    ...notes(report).flatMap((line) => wrapped(line, width)),
    ...unknown.flatMap((line) => wrapped(`${line}: a backtest assumes its tick, lot and fees`, width)),
    `in ${store}`,
  ];
}

function gapLines(
  gaps: readonly { symbol: string; from: number; to: number; missing: number }[],
  width: number,
  paint: Paint,
): string[] {
  if (gaps.length === 0) return ['no gaps'];
  const rows = table(
    [
      { title: 'gaps', text: (g) => g.symbol, keep: true },
      { title: 'from', text: (g) => utc(g.from), keep: true },
      { title: 'to', text: (g) => utc(g.to), keep: true, drop: 1 },
      { title: 'missing', text: (g) => grouped(g.missing), right: true },
    ],
    gaps.slice(0, MOST_GAPS),
    width,
    paint,
  );
  const more = gaps.length - MOST_GAPS;
  return more > 0 ? [...rows, `and ${more} more; --json has them all`] : rows;
}

function notes({ series, since, until, timeframe }: DownloadReport): string[] {
  return series.flatMap(({ symbol, first, last, changed, refused }) => {
    if (first === null || last === null) return [`${symbol}: the exchange has no candle of that time`];
    const told: string[] = [];
    if (first > since) told.push(`${symbol}: the exchange has nothing before ${utc(first)}`);
    if (last + A_DAY < until) told.push(`${symbol}: the exchange has nothing after ${utc(last)}`);
    if (changed > 0)
      told.push(
        `${symbol}: ${plural(changed, 'candle')} of ${timeframe} told otherwise than before, put right`,
      );
    if (refused > 0) told.push(`${symbol}: ${plural(refused, 'row')} of its answers made no candle`);
    return told;
  });
}

/** The last candle is late now and then; a day without any is worth a word. */
const A_DAY = 86_400_000;

export function listLines(
  series: readonly ListedSeries[],
  folder: string,
  width: number,
  paint: Paint,
): string[] {
  if (series.length === 0) return [`no candles in ${folder}: \`breakout data download\` fetches some`];
  const stores = new Map<string, ListedSeries[]>();
  for (const each of series) stores.set(each.store, [...(stores.get(each.store) ?? []), each]);
  return [...stores].flatMap(([store, list], i) => [
    ...(i === 0 ? [] : ['']),
    paint('strong', store),
    ...table(
      [
        { title: 'symbol', text: (s) => s.symbol, keep: true },
        { title: 'each', text: (s) => s.timeframe },
        { title: 'first', text: (s) => utc(s.first), keep: true, drop: 2 },
        { title: 'last', text: (s) => utc(s.last), keep: true, drop: 1 },
        { title: 'candles', text: (s) => grouped(s.candles), right: true },
        { title: 'gaps', text: (s) => String(s.gaps), right: true },
        { title: 'missing', text: (s) => grouped(s.missing), right: true, drop: 3 },
      ],
      list,
      width,
      paint,
    ),
  ]);
}

export function importLines({ series, ignored, store }: ImportReport, width: number, paint: Paint): string[] {
  return [
    ...table(
      [
        { title: 'symbol', text: (s) => s.symbol, keep: true },
        { title: 'each', text: (s) => s.timeframe },
        { title: 'candles', text: (s) => grouped(s.candles), right: true },
        { title: 'new', text: (s) => grouped(s.added), right: true },
        { title: 'changed', text: (s) => grouped(s.changed), right: true },
      ],
      series,
      width,
      paint,
    ),
    '',
    ...ignored.flatMap((line) => wrapped(`not used: ${line}`, width)),
    `in ${store}`,
  ];
}

export function exportLines({ files, folder }: ExportReport, width: number, paint: Paint): string[] {
  return [
    ...table(
      [
        { title: 'file', text: (f) => f.file, keep: true },
        { title: 'symbol', text: (f) => f.symbol, keep: true },
        { title: 'candles', text: (f) => grouped(f.candles), right: true },
      ],
      files,
      width,
      paint,
    ),
    '',
    `in ${folder}`,
  ];
}
