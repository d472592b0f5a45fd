/** What the simulated venue knows of each order: the account's own books, whatever its owner believes. */
import Big from 'big.js';
import type { Archive, Shape } from '../../../archive/archive.ts';
import type { FillReport, OrderReport } from '../../../engine/input.ts';
import type { OrderRequest } from '../../../engine/output.ts';
import type { VenueOrder } from '../../ports.ts';

/** Final orders that can still be looked up. */
const REMEMBERED = 2_000;

const orderShape: Shape<VenueOrder> = (a, order) => a.json(order);
const idShape: Shape<number> = (a, id) => a.number(id);

export class VenueBooks {
  readonly #orders = new Map<number, VenueOrder>();
  readonly #final: number[] = [];

  /** Undefined: the venue never had the order, or forgot it long after its end. */
  get(orderId: number): VenueOrder | undefined {
    return this.#orders.get(orderId);
  }

  /** Open orders, and final ones of late. */
  orders(): IterableIterator<VenueOrder> {
    return this.#orders.values();
  }

  submitted({ id, symbol, quantity, stopPrice }: OrderRequest): void {
    if (this.#orders.has(id)) return;
    this.#orders.set(id, { orderId: id, symbol, status: 'open', quantity, stopPrice, reason: '', fills: [] });
  }

  reported(report: OrderReport): void {
    const order = this.#orders.get(report.orderId);
    if (order === undefined) return;
    switch (report.status) {
      case 'rejected':
      case 'cancelled':
        this.#ended({ ...order, status: report.status, reason: report.reason });
        break;
      case 'fill': {
        const filled = { ...order, fills: [...order.fills, fillOf(report)] };
        if (order.status === 'open' && isWhole(filled)) this.#ended({ ...filled, status: 'filled' });
        else this.#orders.set(order.orderId, filled);
        break;
      }
      case 'amended':
        this.#orders.set(order.orderId, {
          ...order,
          quantity: report.quantity,
          stopPrice: report.stopPrice,
        });
        break;
      default:
        break;
    }
  }

  archive(a: Archive): void {
    a.section('VenueBooks');
    a.map(this.#orders, idShape, orderShape);
    a.items(this.#final, idShape);
  }

  #ended(order: VenueOrder): void {
    this.#orders.set(order.orderId, order);
    this.#final.push(order.orderId);
    const oldest = this.#final.length > REMEMBERED ? this.#final.shift() : undefined;
    if (oldest !== undefined) this.#orders.delete(oldest);
  }
}

function fillOf({ fillId, price, quantity, fee, feeIn, liquidity }: FillReport): FillReport {
  return { fillId, price, quantity, fee, feeIn, liquidity };
}

function isWhole({ quantity, fills }: VenueOrder): boolean {
  return fills.reduce((sum, fill) => sum.plus(fill.quantity), new Big(0)).gte(quantity);
}
