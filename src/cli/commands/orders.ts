import type { OrderResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { price, utc } from '../format.ts';
import type { Paint } from '../style.ts';
import { type Column, table } from '../table.ts';

export interface OrdersOptions {
  readonly all?: boolean;
  readonly symbol?: string;
  readonly limit?: number;
}

const COLUMNS: readonly Column<OrderResult>[] = [
  { title: 'id', text: (o) => String(o.id), right: true },
  { title: 'symbol', keep: true, text: (o) => o.symbol },
  { title: 'purpose', keep: true, text: (o) => o.purpose.replaceAll('_', ' ') },
  { title: 'side', keep: true, drop: 6, text: (o) => o.side },
  { title: 'type', keep: true, drop: 3, text: (o) => o.type.replaceAll('_', ' ') },
  { title: 'quantity', drop: 4, text: (o) => o.quantity, right: true },
  { title: 'filled', drop: 2, text: (o) => o.filled, right: true },
  { title: 'price', drop: 7, text: (o) => (o.price === null ? '-' : price(o.price)), right: true },
  { title: 'stop', drop: 5, text: (o) => (o.stopPrice === null ? '-' : price(o.stopPrice)), right: true },
  {
    title: 'status',
    keep: true,
    text: (o) => `${o.status}${o.cancelling && o.status !== 'cancelled' ? ', cancelling' : ''}`,
    tone: (o) => (o.status === 'unknown' || o.status === 'rejected' ? 'bad' : 'plain'),
  },
  { title: 'since', drop: 1, text: (o) => utc(o.updatedAt), right: true },
];

export function orderLines(list: readonly OrderResult[], width: number, paint: Paint): string[] {
  return table(COLUMNS, list, width, paint);
}

/** `breakout orders`. */
export async function orders(context: Context, options: OrdersOptions): Promise<void> {
  const { output } = context;
  const { all = false, symbol, limit } = options;
  const result = await withDaemon(context, (client) =>
    client.call('orders.list', {
      all,
      ...(symbol !== undefined && { symbol }),
      ...(limit !== undefined && { limit }),
    }),
  );
  output.result(result, () =>
    result.orders.length === 0
      ? [all ? 'no order so far' : 'no order is out']
      : orderLines(result.orders, output.width, output.paint),
  );
}
