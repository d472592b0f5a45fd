import type { CandleResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { utc } from '../format.ts';
import { type Column, table } from '../table.ts';

const figure = (value: number): string => String(Number(value.toPrecision(10)));

const COLUMNS: readonly Column<CandleResult>[] = [
  { title: 'closed', text: (c) => utc(c.closeTime), right: true },
  { title: 'open', text: (c) => figure(c.open), right: true },
  { title: 'high', text: (c) => figure(c.high), right: true },
  { title: 'low', text: (c) => figure(c.low), right: true },
  {
    title: 'close',
    text: (c) => figure(c.close),
    right: true,
    tone: (c) => (c.close >= c.open ? 'good' : 'bad'),
  },
];

/** `breakout candles SYMBOL`. */
export async function candles(
  context: Context,
  symbol: string,
  { limit }: { readonly limit?: number },
): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) =>
    client.call('candles.list', { symbol, ...(limit !== undefined && { limit }) }),
  );
  output.result(result, () =>
    result.candles.length === 0
      ? ['no candle yet']
      : table(COLUMNS, result.candles, output.width, output.paint),
  );
}
