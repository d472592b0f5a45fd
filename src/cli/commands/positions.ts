import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { positionLines } from '../trade-tables.ts';

/** `breakout positions`. */
export async function positions(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('positions.list'));
  output.result(result, () =>
    result.positions.length === 0
      ? ['no open position']
      : positionLines(result.positions, output.width, output.paint),
  );
}
