import type { ScanResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { compact, percent, price, utc, wrapped } from '../format.ts';
import { type Column, table } from '../table.ts';

type Candidate = ScanResult['candidates'][number];

/** A figure of the scan; a dash where the venue has none. */
const figure =
  (name: string, text: (value: number) => string) =>
  ({ figures }: Candidate): string => {
    const value = figures[name] ?? null;
    return value === null ? '-' : text(value);
  };

const times = (value: number): string => `${value.toFixed(1)}x`;

const COLUMNS: readonly Column<Candidate>[] = [
  { title: '#', drop: 7, text: (c) => String(c.rank), right: true },
  { title: 'symbol', keep: true, text: (c) => c.symbol },
  { title: 'score', text: (c) => c.score.toFixed(2), right: true },
  { title: 'close', text: (c) => price(c.close), right: true },
  { title: '24 h', drop: 6, text: figure('change_24h', percent), right: true },
  { title: 'volume', drop: 4, text: figure('volume_24h', compact), right: true },
  { title: '1 h', drop: 2, text: figure('volume_surge_1h', times), right: true },
  { title: 'ATR', drop: 3, text: figure('atr_range', (share) => percent(share, 2)), right: true },
  { title: 'spread', drop: 1, text: figure('spread', (bps) => `${bps.toFixed(1)} bps`), right: true },
  { title: 'levels', drop: 5, text: (c) => String(c.armedLevels), right: true },
  { title: 'nearest', text: (c) => nearest(c) },
];

/** `breakout candidates`. */
export async function candidates(context: Context): Promise<void> {
  const { output } = context;
  const scan = await withDaemon(context, (client) => client.call('scanner.candidates'));
  output.result(scan, () => {
    if (scan.at === null) return ['no scan yet'];
    const head = `scan of ${utc(scan.at)}: ${scan.markets} markets, ${scan.universe} in the universe, ${scan.passed} past the filters`;
    return scan.candidates.length === 0
      ? [...wrapped(head, output.width), 'no candidate; `breakout explain` says why']
      : [...wrapped(head, output.width), '', ...table(COLUMNS, scan.candidates, output.width, output.paint)];
  });
}

function nearest({ nearest: level }: Candidate): string {
  if (level === null) return '-';
  const away = level.distanceAtr === null ? '' : `, ${level.distanceAtr.toFixed(2)} ATR away`;
  return `${level.side === 'long' ? 'above' : 'below'} ${price(level.price)}${away}`;
}
