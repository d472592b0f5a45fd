import type { ResultOf } from '../../protocol/methods.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { grouped, percent, signed, span, utc } from '../format.ts';
import { isUtf8, levelsOf, resample, sparkline } from '../sparkline.ts';
import type { Paint } from '../style.ts';
import { block } from '../table.ts';

type Equity = ResultOf<'equity.series'>;

export interface EquityOptions {
  readonly since?: number;
  readonly limit?: number;
  readonly ascii?: boolean;
}

/** All that the daemon keeps: the line is drawn from it, as wide as the terminal is. */
const ALL_POINTS = 2_049;
const ROWS = 5;
/** Where there is no terminal to say how wide it is, and on very wide ones. */
const COLUMNS = 80;
const WIDEST = 160;
/** Two times and a blank between them. */
const BOTH_TIMES = 41;

/** `breakout equity`. */
export async function equity(context: Context, { since, limit, ascii }: EquityOptions): Promise<void> {
  const { output, env } = context;
  const points = limit ?? (output.json ? undefined : ALL_POINTS);
  const params = { ...(points !== undefined && { limit: points }), ...(since !== undefined && { since }) };
  const result = await withDaemon(context, (client) => client.call('equity.series', params));
  const width = output.width > WIDEST ? COLUMNS : output.width;
  output.result(result, () =>
    equityLines(result, { width, ascii: ascii === true || !isUtf8(env), paint: output.paint }),
  );
}

export function equityLines(
  { points, resolutionMs, maxDrawdown }: Equity,
  { width, ascii, paint }: { width: number; ascii: boolean; paint: Paint },
): string[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return ['no equity yet: nothing has been started'];
  const columns = Math.min(width, COLUMNS * 2);
  const curve = points.map((point) => ({ at: point.at, value: point.equity }));
  const lowest = points.reduce((a, b) => (b.equity < a.equity ? b : a));
  const highest = points.reduce((a, b) => (b.equity > a.equity ? b : a));
  const gained = last.equity / first.equity - 1;
  const tone = last.equity < first.equity ? 'bad' : 'good';
  const narrow = columns < BOTH_TIMES;
  const from = narrow ? utc(first.at).slice(0, 10) : utc(first.at);
  const to = narrow ? utc(last.at).slice(0, 10) : utc(last.at);
  return [
    ...sparkline(resample(curve, columns), { rows: ROWS, levels: levelsOf(ascii) }).map((line) =>
      paint(tone, line.trimEnd()),
    ),
    paint('dim', `${from}${to.padStart(Math.max(to.length + 1, columns - from.length))}`),
    '',
    ...block(
      [
        ['first', money(first.equity)],
        ['last', `${money(last.equity)}, ${paint(tone, `${signed(gained * 100, 2)} %`)}`],
        ['realised', `${money(last.realised)} by finished trades alone`],
        ['lowest', `${money(lowest.equity)} at ${utc(lowest.at)}`],
        ['highest', `${money(highest.equity)} at ${utc(highest.at)}`],
        ['drawdown', maxDrawdown === null ? '-' : `${percent(maxDrawdown, 2)} from a peak, of every close`],
        ['points', `${grouped(points.length)}, one every ${span(resolutionMs)} of the venue's time`],
      ],
      paint,
      width,
    ),
  ];
}

function money(value: number): string {
  return value.toFixed(2);
}
