/** Own orders: those that need a look first, then those that are out, then the final ones of late; the newest first. */
import type { OrderResult } from '../../protocol/trading-views.ts';
import type { ViewState } from '../store/state.ts';
import { dayClock, decimal } from '../text/figures.ts';
import { line, plain, type Span, span } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import { type Pane, waiting } from './pane.ts';

/** From here on the limit price and the stop have columns of their own. */
const ROOM_FOR_BOTH = 62;

const PURPOSES: Readonly<Record<OrderResult['purpose'], string>> = {
  entry: 'entry',
  add_on: 'add-on',
  stop: 'stop',
  tp1: 'TP1',
  tp2: 'TP2',
  exit: 'exit',
};

const TYPES: Readonly<Record<OrderResult['type'], string>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop limit',
};

const priceText = ({ type, price }: OrderResult): string =>
  price === null ? (type === 'market' ? 'market' : '-') : decimal(price, 10);

function columnsOf(width: number): readonly Column<OrderResult>[] {
  const prices: readonly Column<OrderResult>[] =
    width < ROOM_FOR_BOTH
      ? [
          {
            head: 'at',
            width: 10,
            align: 'right',
            cell: (order) => (order.stopPrice === null ? priceText(order) : decimal(order.stopPrice, 10)),
          },
        ]
      : [
          { head: 'price', width: 10, align: 'right', cell: priceText },
          {
            head: 'stop',
            width: 10,
            align: 'right',
            cell: ({ stopPrice }) => (stopPrice === null ? '-' : decimal(stopPrice, 10)),
          },
        ];
  return [
    { head: 'symbol', width: 14, from: 10, cell: ({ symbol }) => span('strong', plain(symbol)) },
    { head: 'for', width: 6, cell: ({ purpose }) => PURPOSES[purpose] },
    { head: 'side', width: 4, least: 2, cell: ({ side }) => span(side === 'buy' ? 'good' : 'bad', side) },
    { head: 'type', width: 10, least: 5, cell: ({ type }) => TYPES[type] },
    { head: 'quantity', width: 9, align: 'right', least: 3, cell: ({ quantity }) => decimal(quantity, 9) },
    { head: 'filled', width: 9, align: 'right', least: 1, cell: ({ filled }) => decimal(filled, 9) },
    ...prices,
    { head: 'status', width: 10, cell: statusCell },
    { head: 'last report', width: 14, least: 4, cell: ({ updatedAt }) => span('dim', dayClock(updatedAt)) },
    { head: 'sent', width: 14, least: 6, cell: ({ sentAt }) => span('dim', dayClock(sentAt)) },
    { head: 'trade', width: 5, align: 'right', least: 7, cell: ({ tradeId }) => String(tradeId) },
    { head: 'order', width: 5, align: 'right', least: 8, cell: ({ id }) => String(id) },
  ];
}

function statusCell({ status, cancelling }: OrderResult): Span {
  switch (status) {
    case 'unknown':
      return span('alarm', 'UNKNOWN');
    case 'rejected':
      return span('bad', 'REJECTED');
    case 'submitted':
    case 'working':
      return cancelling ? span('warn', 'cancelling') : span('good', status);
    case 'filled':
      return span('plain', status);
    case 'cancelled':
      return span('dim', status);
  }
}

/** Of an unknown order nobody can say whether it will fill: it comes before all others. */
function rank({ status }: OrderResult): number {
  if (status === 'unknown') return 0;
  return status === 'submitted' || status === 'working' ? 1 : 2;
}

const isLive = (order: OrderResult): boolean => rank(order) < 2;

/** What was read, with the final ones; until then those that are out, as the subscription began with them. */
function ordersOf({ reads, orders, status }: ViewState): readonly OrderResult[] | null {
  return reads.orders?.data.orders ?? (status === null ? null : orders);
}

function rowsOf(state: ViewState, filter: string): OrderResult[] {
  return (ordersOf(state) ?? [])
    .filter((order) => {
      const { symbol, side, purpose, type, status } = order;
      return `${symbol} ${side} ${PURPOSES[purpose]} ${TYPES[type]} ${status}`.toLowerCase().includes(filter);
    })
    .sort((a, b) => rank(a) - rank(b) || (isLive(a) ? 0 : b.updatedAt - a.updatedAt) || b.id - a.id);
}

const keyOf = ({ id }: OrderResult): string => `order ${id}`;

const orderOf = (state: ViewState, key: string): OrderResult | undefined =>
  ordersOf(state)?.find((order) => keyOf(order) === key);

export const orders: Pane = {
  id: 'orders',
  title: 'Orders',
  hotkey: '5',
  minWidth: 40,
  minHeight: 4,
  needs: ['orders'],
  summary: (state) => {
    const all = ordersOf(state);
    if (all === null) return '';
    const unknown = all.filter(({ status }) => status === 'unknown').length;
    return `${all.filter(isLive).length} out${unknown === 0 ? '' : `, ${unknown} UNKNOWN`}`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(keyOf),
  symbolOf: (state, key) => orderOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    if (ordersOf(state) === null) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'no order so far' : 'no order has that in it'))];
    return table({
      columns: columnsOf(width),
      rows,
      width,
      height,
      keyOf,
      selected,
      pointer: glyphs.pointer,
    });
  },
  detail(state, key) {
    const order = orderOf(state, key);
    if (!order) return null;
    const { cancelling, status, stopPrice } = order;
    const pairs: readonly Field[] = [
      ['symbol', span('strong', order.symbol)],
      ['purpose', `${PURPOSES[order.purpose]} of trade ${order.tradeId}`],
      [
        'order',
        `${order.side} ${order.quantity}, ${TYPES[order.type]}${order.reduceOnly ? ', reduce only' : ''}`,
      ],
      ['filled', `${order.filled} of ${order.quantity}`],
      ['price', order.price ?? (order.type === 'market' ? 'market' : 'none')],
      ...(stopPrice === null ? [] : [['stop', stopPrice] as const]),
      ['status', statusCell(order)],
      ...(status === 'unknown' ? [['', 'the venue has not said what became of it'] as const] : []),
      ...(cancelling && isLive(order) ? [['', 'a cancel was sent and is not answered yet'] as const] : []),
      ['sent', `${dayClock(order.sentAt)} UTC`],
      ['last report', `${dayClock(order.updatedAt)} UTC`],
      ['number', String(order.id)],
    ];
    return fields(pairs);
  },
};
