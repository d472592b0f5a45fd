/**
 * The user data stream of Binance's USD-M futures API. It is opened with a listen key and tells of everything at once:
 * orders and their trades, conditional orders, and what they changed in the account.
 */
import type { CoreEvent } from '../core/events.ts';
import type { Execution, Order } from '../core/order.ts';
import type { Position } from '../core/position.ts';
import { plain } from '../decimal.ts';
import type { Stream, StreamHandler } from '../net/protocol.ts';
import type { Binance } from './market-data.ts';
import {
  algoId,
  algoStatus,
  askedType,
  average,
  clientId,
  failReason,
  isAlgo,
  isOrder,
  orderStatus,
  positionSide,
  sideWire,
  timeInForce,
} from './order-wire.ts';

export class UserStreams {
  readonly #venue: Binance;
  readonly #streams = new Set<Stream>();
  /** Orders of the market that have been told of, and the last state told of each conditional one. */
  readonly #told = new Set<Order>();
  readonly #algoTold = new Map<Order, string>();
  #key = 1;

  constructor(venue: Binance) {
    this.#venue = venue;
    venue.exchange.listen((event) => this.#take(event));
  }

  get listenKey(): string {
    return `emulated-listen-key-${this.#key}`;
  }

  /** The key is worth nothing any more: who still listens is told so. */
  expire(): void {
    const { now } = this.#venue.clock;
    this.#push('listenKeyExpired', { e: 'listenKeyExpired', E: now, listenKey: this.listenKey });
    this.#key += 1;
  }

  connect(stream: Stream): StreamHandler {
    this.#streams.add(stream);
    stream.subscribed('userData');
    return {
      message: () => undefined,
      closed: () => {
        this.#streams.delete(stream);
      },
    };
  }

  #take(event: CoreEvent): void {
    switch (event.kind) {
      case 'execution': {
        const { execution } = event;
        if (execution.kind === 'funding') this.#account('FUNDING_FEE', []);
        else if (execution.order !== null) this.#trade(execution.order, execution);
        return;
      }
      case 'order':
        this.#order(event.order);
        return;
      case 'position':
        this.#account('ORDER', [event.position]);
        return;
      case 'wallet':
        return;
    }
  }

  #trade(order: Order, execution: Execution): void {
    this.#announce(order);
    this.#push('ORDER_TRADE_UPDATE', this.#update(order, 'TRADE', execution));
  }

  /** Orders that fill at once are told of as new first. */
  #announce(order: Order): void {
    if (this.#told.has(order)) return;
    this.#told.add(order);
    this.#push('ORDER_TRADE_UPDATE', this.#update(order, 'NEW', null));
  }

  #order(order: Order): void {
    if (isOrder(order)) {
      const ended = order.status === 'cancelled' || order.status === 'rejected';
      if (ended && algoStatus(order) !== 'REJECTED') {
        this.#announce(order);
        this.#push('ORDER_TRADE_UPDATE', this.#update(order, orderStatus(order), null));
      } else if (order.status === 'new' && this.#told.has(order))
        this.#push('ORDER_TRADE_UPDATE', this.#update(order, 'AMENDMENT', null));
      else if (order.status === 'new') this.#announce(order);
    }
    if (isAlgo(order)) this.#algo(order);
  }

  /** A conditional order is told of after the order that it has become. */
  #algo(order: Order): void {
    const status = algoStatus(order);
    const before = this.#algoTold.get(order);
    if (status === 'FINISHED' && before === 'NEW') this.#pushAlgo(order, 'TRIGGERED');
    if (status === before) return;
    this.#algoTold.set(order, status);
    this.#pushAlgo(order, status);
  }

  #pushAlgo(order: Order, status: string): void {
    const { now } = this.#venue.clock;
    const placed = order.triggered && status !== 'REJECTED';
    this.#push('ALGO_UPDATE', {
      e: 'ALGO_UPDATE',
      T: now,
      E: now,
      o: {
        caid: order.linkId ?? '',
        aid: algoId(order),
        at: 'CONDITIONAL',
        o: askedType(order),
        s: order.listing.symbol,
        S: sideWire(order),
        ps: positionSide(order),
        f: timeInForce(order),
        q: plain(order.quantity),
        X: status,
        ai: placed ? order.id : '',
        ap: placed ? average(order) : '0',
        aq: placed ? plain(order.filled) : '0',
        act: placed ? order.type.toUpperCase() : '0',
        tp: order.trigger === null ? '0' : plain(order.trigger.price),
        p: order.price === null ? '0' : plain(order.price),
        V: 'EXPIRE_MAKER',
        wt: 'CONTRACT_PRICE',
        pm: 'NONE',
        cp: order.closesPosition,
        pP: false,
        R: order.reduceOnly,
        tt: order.triggered ? order.updatedAt : 0,
        gtd: 0,
        ...(failReason(order) === '' ? {} : { rm: failReason(order) }),
      },
    });
  }

  #update(order: Order, execution: string, trade: Execution | null): Record<string, unknown> {
    const { now } = this.#venue.clock;
    return {
      e: 'ORDER_TRADE_UPDATE',
      E: now,
      T: order.updatedAt,
      o: {
        s: order.listing.symbol,
        c: clientId(order),
        S: sideWire(order),
        o: order.type === 'market' ? 'MARKET' : 'LIMIT',
        f: timeInForce(order),
        q: plain(order.quantity),
        p: order.price === null ? '0' : plain(order.price),
        ap: average(order),
        sp: order.trigger === null ? '0' : plain(order.trigger.price),
        x: execution,
        X: execution === 'NEW' ? 'NEW' : orderStatus(order),
        i: Number(order.id),
        l: trade === null ? '0' : plain(trade.quantity),
        z: execution === 'NEW' ? '0' : plain(order.filled),
        L: trade === null ? '0' : plain(trade.price),
        ...(trade === null ? {} : { N: trade.feeCoin, n: plain(trade.fee) }),
        T: trade === null ? order.updatedAt : trade.at,
        t: trade === null ? 0 : Number(trade.id),
        b: '0',
        a: '0',
        m: trade?.maker ?? false,
        R: order.reduceOnly,
        wt: 'CONTRACT_PRICE',
        ot: askedType(order),
        ps: positionSide(order),
        cp: order.closesPosition,
        rp: trade === null ? '0' : plain(trade.realised),
        pP: false,
        si: 0,
        ss: 0,
        V: 'EXPIRE_MAKER',
        pm: 'NONE',
        gtd: 0,
      },
    };
  }

  #account(reason: string, positions: readonly Position[]): void {
    const { exchange, clock } = this.#venue;
    this.#push('ACCOUNT_UPDATE', {
      e: 'ACCOUNT_UPDATE',
      E: clock.now,
      T: clock.now,
      a: {
        m: reason,
        B: [...exchange.account.coins].map(([coin, amount]) => ({
          a: coin,
          wb: plain(amount),
          cw: plain(amount),
          bc: '0',
        })),
        P: positions.map((position) => ({
          s: position.listing.symbol,
          pa: plain(position.size),
          ep: plain(position.average.round(8)),
          bep: plain(position.average.round(8)),
          cr: plain(position.realised.round(8)),
          up: plain(position.unrealised(exchange.mark(position.listing)).round(8)),
          mt: exchange.account.marginModeOf(position.listing.symbol) === 'isolated' ? 'isolated' : 'cross',
          iw: '0',
          ps: positionSide(position),
        })),
      },
    });
  }

  #push(topic: string, message: Record<string, unknown>): void {
    for (const stream of this.#streams) stream.push(topic, message);
  }
}
