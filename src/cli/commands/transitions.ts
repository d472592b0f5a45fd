import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { utc } from '../format.ts';
import { table } from '../table.ts';

export interface TransitionsOptions {
  readonly limit?: number;
  readonly since?: number;
}

/** `breakout transitions`. */
export async function transitions(context: Context, { limit, since }: TransitionsOptions): Promise<void> {
  const { output } = context;
  const params = { ...(limit !== undefined && { limit }), ...(since !== undefined && { since }) };
  const result = await withDaemon(context, (client) => client.call('engine.transitions', params));
  output.result(result, () => {
    if (result.transitions.length === 0) return ['no state change yet'];
    return table(
      [
        { title: 'seq', drop: 2, text: (row) => String(row.seq), right: true },
        { title: 'venue time', drop: 4, text: (row) => utc(row.at), right: true },
        { title: 'from', keep: true, drop: 1, text: (row) => row.from },
        { title: 'to', keep: true, text: (row) => row.to },
        { title: 'by', drop: 3, text: (row) => row.by },
        { title: 'reason', text: (row) => row.reason },
      ],
      result.transitions,
      output.width,
      output.paint,
    );
  });
}
