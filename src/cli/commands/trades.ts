import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { positionLines, tradeLines } from '../trade-tables.ts';

/** `breakout trades`. */
export async function trades(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('trades.list'));
  output.result(result, () => {
    const lines =
      result.trades.length === 0
        ? ['no finished trade']
        : tradeLines(result.trades, output.width, output.paint);
    if (result.openPositions.length === 0) return lines;
    return [
      ...lines,
      '',
      'open positions',
      ...positionLines(result.openPositions, output.width, output.paint),
    ];
  });
}
