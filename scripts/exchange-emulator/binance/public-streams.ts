/** The market streams of Binance's USD-M futures API: candles, tickers, books and trades. */
import type { Listing } from '../core/instrument.ts';
import { plain } from '../decimal.ts';
import type { Candle } from '../market/bar-path.ts';
import type { MarketEvent } from '../market/market.ts';
import { turnover } from '../market/series.ts';
import type { Stream, StreamHandler } from '../net/protocol.ts';
import { changes, type Shown } from './depth-books.ts';
import { type Binance, bookTicker, dayTicker, INTERVALS, price, value, volume } from './market-data.ts';
import { toRequest } from './stream-request.ts';

interface Topic {
  readonly name: string;
  readonly kind: string;
  readonly listing: Listing;
}

interface Client {
  readonly stream: Stream;
  readonly topics: Map<string, Topic>;
}

const PLAIN_KINDS: ReadonlySet<string> = new Set([
  'ticker',
  'miniTicker',
  'bookTicker',
  'trade',
  'aggTrade',
  'markPrice',
]);

export class MarketStreams {
  readonly #venue: Binance;
  readonly #clients = new Set<Client>();

  constructor(venue: Binance) {
    this.#venue = venue;
    venue.market.listen((event) => this.#take(event));
  }

  connect(stream: Stream): StreamHandler {
    const client: Client = { stream, topics: new Map() };
    this.#clients.add(client);
    return {
      message: (text) => this.#asked(client, text),
      closed: () => {
        this.#clients.delete(client);
      },
    };
  }

  #asked({ stream, topics }: Client, text: string): void {
    const request = toRequest(text);
    if (request === null) {
      stream.close();
      return;
    }
    const { method, id, params } = request;
    for (const name of params) {
      const topic = this.#topic(name);
      if (topic === null) {
        stream.push(method, { id, error: { code: 2, msg: `Invalid request: unknown stream ${name}` } });
        return;
      }
      if (method === 'UNSUBSCRIBE') {
        topics.delete(name);
        stream.unsubscribed(name);
      } else {
        // The book that the changes begin from is the one of this moment.
        if (topic.kind.startsWith('depth')) this.#venue.depth.now(topic.listing);
        topics.set(name, topic);
        stream.subscribed(name);
      }
    }
    stream.push(method, { result: null, id });
  }

  #topic(name: string): Topic | null {
    const [symbol = '', kind = ''] = name.split('@');
    const listing = this.#venue.market.find('linear', symbol.toUpperCase());
    if (listing === null) return null;
    const known =
      PLAIN_KINDS.has(kind) ||
      kind === 'depth' ||
      (kind.startsWith('kline_') && INTERVALS.has(kind.slice(6)));
    return known ? { name, kind, listing } : null;
  }

  #take(event: MarketEvent): void {
    const { depth } = this.#venue;
    const { listing } = event;
    const before = depth.last(listing);
    if (event.kind === 'price') depth.next(listing);
    const made = new Map<string, unknown>();
    for (const { stream, topics } of this.#clients) {
      for (const topic of topics.values()) {
        if (topic.listing !== listing) continue;
        if (!made.has(topic.name)) made.set(topic.name, this.#push(topic, event, before));
        const push = made.get(topic.name);
        if (push !== null) stream.push(topic.name, push);
      }
    }
  }

  #push({ kind, listing }: Topic, event: MarketEvent, before: Shown): unknown {
    if (kind.startsWith('kline_')) return this.#candle(kind.slice(6), listing, event);
    if (event.kind !== 'price') return null;
    const now = this.#venue.clock.now;
    if (kind === 'depth') return this.#depth(listing, before);
    if (kind === 'ticker') return this.#ticker(listing);
    if (kind === 'miniTicker') return this.#miniTicker(listing);
    if (kind === 'bookTicker') {
      const best = bookTicker(this.#venue, listing);
      const { update } = this.#venue.depth.now(listing);
      return {
        e: 'bookTicker',
        u: update,
        s: listing.symbol,
        b: best.bidPrice,
        B: best.bidQty,
        a: best.askPrice,
        A: best.askQty,
        T: now,
        E: now,
      };
    }
    if (kind === 'markPrice') {
      const mark = plain(this.#venue.exchange.mark(listing));
      return { e: 'markPriceUpdate', E: now, s: listing.symbol, p: mark, i: mark, P: mark, r: '0', T: now };
    }
    const { trade } = event;
    if (trade === null) return null;
    const common = {
      E: now,
      T: trade.at,
      s: listing.symbol,
      p: price(listing, trade.price),
      q: volume(listing, trade.volume),
      m: !trade.buy,
    };
    return kind === 'trade'
      ? { e: 'trade', ...common, t: trade.id, X: 'MARKET' }
      : { e: 'aggTrade', ...common, a: trade.id, f: trade.id, l: trade.id };
  }

  #depth(of: Listing, before: Shown): unknown {
    const shown = this.#venue.depth.now(of);
    const now = this.#venue.clock.now;
    return {
      e: 'depthUpdate',
      E: now,
      T: now,
      s: of.symbol,
      U: before.update + 1,
      u: shown.update,
      pu: before.update,
      b: changes(before.bids, shown.bids),
      a: changes(before.asks, shown.asks),
    };
  }

  #ticker(of: Listing): unknown {
    const day = dayTicker(this.#venue, of);
    return {
      e: '24hrTicker',
      E: this.#venue.clock.now,
      s: day.symbol,
      p: day.priceChange,
      P: day.priceChangePercent,
      w: day.weightedAvgPrice,
      c: day.lastPrice,
      Q: day.lastQty,
      o: day.openPrice,
      h: day.highPrice,
      l: day.lowPrice,
      v: day.volume,
      q: day.quoteVolume,
      O: day.openTime,
      C: day.closeTime,
      F: day.firstId,
      L: day.lastId,
      n: day.count,
    };
  }

  #miniTicker(of: Listing): unknown {
    const day = dayTicker(this.#venue, of);
    return {
      e: '24hrMiniTicker',
      E: this.#venue.clock.now,
      s: day.symbol,
      c: day.lastPrice,
      o: day.openPrice,
      h: day.highPrice,
      l: day.lowPrice,
      v: day.volume,
      q: day.quoteVolume,
    };
  }

  #candle(interval: string, of: Listing, event: MarketEvent): unknown {
    const span = INTERVALS.get(interval);
    if (span === undefined) return null;
    const { clock, market } = this.#venue;
    const start = Math.floor((event.kind === 'price' ? clock.now : event.candle.start) / span) * span;
    const series = market.series(of);
    if (series.isWithheld(start)) return null;
    const candle = series.candles(span, start, start, clock.now).at(-1);
    if (candle === undefined) return null;
    const over = start + span <= clock.now;
    if (event.kind === 'closed' && !over) return null;
    return {
      e: 'kline',
      E: clock.now,
      s: of.symbol,
      k: candleWire(of, interval, span, candle, event.kind !== 'price' && over),
    };
  }
}

function candleWire(of: Listing, interval: string, span: number, candle: Candle, over: boolean): unknown {
  return {
    t: candle.start,
    T: candle.start + span - 1,
    s: of.symbol,
    i: interval,
    f: 1,
    L: 1,
    o: price(of, candle.open),
    c: price(of, candle.close),
    h: price(of, candle.high),
    l: price(of, candle.low),
    v: volume(of, candle.volume),
    n: candle.volume,
    x: over,
    q: value(of, turnover(candle)),
    V: volume(of, Math.floor(candle.volume / 2)),
    Q: value(of, turnover(candle) / 2),
    B: '0',
  };
}
