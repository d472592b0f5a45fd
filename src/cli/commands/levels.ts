import type { LevelResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { price, utc } from '../format.ts';
import type { Tone } from '../style.ts';
import { type Column, table } from '../table.ts';

const TONES: Readonly<Partial<Record<LevelResult['life'], Tone>>> = { armed: 'good', broken: 'warn' };

const COLUMNS: readonly Column<LevelResult>[] = [
  { title: 'symbol', keep: true, text: (l) => l.symbol },
  { title: 'breaks', keep: true, text: (l) => (l.side === 'long' ? 'up' : 'down') },
  { title: 'level', text: (l) => price(l.price), right: true },
  { title: 'close', drop: 4, text: (l) => price(l.close), right: true },
  {
    title: 'to go',
    text: (l) => (l.distanceAtr === null ? '-' : `${l.distanceAtr.toFixed(2)} ATR`),
    right: true,
  },
  { title: 'life', keep: true, drop: 5, text: (l) => l.life, tone: (l) => TONES[l.life] ?? 'dim' },
  { title: 'touches', drop: 2, text: (l) => String(l.touches), right: true },
  { title: 'strength', drop: 3, text: (l) => l.strength.toFixed(2), right: true },
  { title: 'since', drop: 1, text: (l) => utc(l.bornAt), right: true },
];

/** `breakout levels [SYMBOL]`. */
export async function levels(context: Context, symbol: string | undefined): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) =>
    client.call('levels.list', symbol === undefined ? {} : { symbol }),
  );
  output.result(result, () =>
    result.levels.length === 0 ? ['no level'] : table(COLUMNS, result.levels, output.width, output.paint),
  );
}
