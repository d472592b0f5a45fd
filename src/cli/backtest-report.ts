/** A backtest's report as tables. Every figure comes from the report; nothing is worked out here. */
import type { BacktestReport } from '../backtest/run.ts';
import { grouped, inR, percent, plural, signed, utc, wrapped } from './format.ts';
import type { Paint } from './style.ts';
import { block, table } from './table.ts';
import { positionLines, tradeLines } from './trade-tables.ts';

/** Up to so many are named one by one. */
const FEW = 5;

export function backtestLines(report: BacktestReport, width: number, paint: Paint): string[] {
  const { trades, openPositions } = report;
  return [
    ...section('trades', trades.length === 0 ? ['none'] : tradeLines(trades, width, paint), paint),
    ...(openPositions.length === 0
      ? []
      : section(
          'open at the end, marked to the last close',
          positionLines(openPositions, width, paint),
          paint,
        )),
    ...halts(report, width, paint),
    ...notEvaluated(report, width, paint),
    ...(report.assumed.length === 0
      ? []
      : section(
          'assumed',
          assumedLines(report.assumed).flatMap((line) => wrapped(line, width)),
          paint,
        )),
    ...section('summary', summaryLines(report, width, paint), paint).slice(0, -1),
  ];
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return [paint('strong', title), ...lines, ''];
}

function halts({ halts: list }: BacktestReport, width: number, paint: Paint): string[] {
  if (list.length === 0) return [];
  const rows = table(
    [
      { title: 'at', text: (h) => utc(h.at), right: true },
      { title: 'rule', text: (h) => h.rule.replaceAll('_', ' '), tone: () => 'bad' },
      { title: 'value', text: (h) => String(Number(h.value.toPrecision(4))), right: true },
      { title: 'limit', text: (h) => String(h.limit), right: true },
      { title: 'until', text: (h) => (h.release === 'manual' ? 'a reset' : 'the next UTC day') },
    ],
    list,
    width,
    paint,
  );
  return section('halts', rows, paint);
}

function notEvaluated(report: BacktestReport, width: number, paint: Paint): string[] {
  const rows = Object.entries(report.notEvaluated);
  if (rows.length === 0) return [];
  const lines = table(
    [
      { title: 'condition', text: ([name]) => name },
      { title: 'times', text: ([, times]) => grouped(times), right: true },
    ],
    rows,
    width,
    paint,
  );
  return section('not evaluated: these candles do not have the figure', lines, paint);
}

/**
 * Lines of the form `SYMBOL: what` (or `all: what`), gathered by what was assumed: thirty symbols with the same fee are one line.
 * What holds for one symbol alone (its tick, its lot) is counted; `--json` has it all.
 */
export function assumedLines(assumed: readonly string[]): string[] {
  const symbols = new Map<string, string[]>();
  for (const line of assumed) {
    const [symbol = '', ...rest] = line.split(': ');
    const what = rest.join(': ');
    symbols.set(what, [...(symbols.get(what) ?? []), symbol]);
  }
  const groups = [...symbols];
  const single = groups.filter(([, names]) => names.length === 1 && names[0] !== 'all');
  const shown = single.length > FEW ? groups.filter((group) => !single.includes(group)) : groups;
  const lines = shown.map(([what, names]) =>
    names[0] === 'all'
      ? what
      : names.length > FEW
        ? `${what}: ${names.length} symbols`
        : `${what}: ${names.join(', ')}`,
  );
  return shown.length === groups.length
    ? lines
    : [...lines, `and ${single.length} more, each for one symbol: --json lists them`];
}

function summaryLines(report: BacktestReport, width: number, paint: Paint): string[] {
  const s = report.summary;
  const won = s.winRate === null ? '' : `, ${s.wins} won, ${s.losses} lost (${percent(s.winRate)} won)`;
  const averages = [
    ...(s.expectancyR === null ? [] : [`${inR(s.expectancyR)} a trade`]),
    ...(s.averageWinR === null ? [] : [`${inR(s.averageWinR)} a win`]),
    ...(s.averageLossR === null ? [] : [`${inR(s.averageLossR)} a loss`]),
  ];
  const profitable = !s.netProfit.startsWith('-');
  return block(
    [
      ['preset', report.preset],
      ['period', `${utc(report.from)} to ${utc(report.to)}, ${plural(report.symbols.length, 'symbol')}`],
      [
        'bars',
        `${grouped(report.bars)} in ${(report.wallMs / 1000).toFixed(2)} s: ${grouped(report.barsPerSecond)} a second`,
      ],
      ['missing', `${grouped(s.missingBars)} bars in ${plural(s.gaps, 'gap')}`],
      ['signals', `${grouped(s.signals)} from ${grouped(s.scans)} scans`],
      ['trades', `${s.trades}${won}, ${s.longTrades} long, ${s.shortTrades} short`],
      [
        'result',
        paint(profitable ? 'good' : 'bad', `${inR(s.totalR)}, net ${s.netProfit} after ${s.fees} of fees`),
      ],
      ['average', averages.length === 0 ? '-' : averages.join(', ')],
      ['profit factor', s.profitFactor === null ? '-' : s.profitFactor.toFixed(2)],
      ['largest fall', `${inR(s.maxDrawdownR)}, ${signed(s.maxDrawdownPct, 2)} % of equity`],
      ['end equity', s.endEquity],
      ['ambiguous', ambiguity(report)],
    ],
    paint,
    width,
  );
}

function ambiguity({ summary: { ambiguousTrades, otherPath } }: BacktestReport): string {
  if (otherPath === null) return 'no trade hung on the order of highs and lows inside a candle';
  return `${plural(ambiguousTrades, 'trade')}; the other way round: ${plural(otherPath.trades, 'trade')}, ${inR(otherPath.totalR)}, net ${otherPath.netProfit}`;
}
