/** The public streams of Bybit's v5 API: candles, tickers, books and trades of one category. */
import type { Category, Listing } from '../core/instrument.ts';
import type { Quote } from '../core/quote.ts';
import type { Candle } from '../market/bar-path.ts';
import type { MarketEvent } from '../market/market.ts';
import type { Stream, StreamHandler } from '../net/protocol.ts';
import type { Venue } from '../venue.ts';
import { candlePush, INTERVALS, levelsWire, tickerPush, tradePush } from './market-wire.ts';
import { replyTo, type StreamRequest, toRequest } from './stream-request.ts';

/** Spot takes so many topics in one request to subscribe. */
const MOST_SPOT_TOPICS = 10;
const DEPTHS: ReadonlySet<string> = new Set(['1', '50', '200', '1000']);

interface Topic {
  readonly name: string;
  readonly kind: 'kline' | 'tickers' | 'orderbook' | 'publicTrade';
  /** Interval of a candle, depth of a book. */
  readonly detail: string;
  readonly listing: Listing;
}

interface Client {
  readonly stream: Stream;
  readonly category: Category;
  readonly topics: Map<string, Topic>;
}

/** What a topic showed last, so that the next push tells the difference. */
interface Shown {
  readonly bids: ReadonlyMap<string, string>;
  readonly asks: ReadonlyMap<string, string>;
}

export class PublicStreams {
  readonly #venue: Venue;
  readonly #clients = new Set<Client>();
  readonly #books = new Map<string, Shown>();
  readonly #tickers = new Map<string, Record<string, unknown>>();
  #update = 0;

  constructor(venue: Venue) {
    this.#venue = venue;
    venue.market.listen((event) => this.#take(event));
  }

  connect(stream: Stream, category: Category): StreamHandler {
    const client: Client = { stream, category, topics: new Map() };
    this.#clients.add(client);
    return {
      message: (text) => this.#asked(client, text),
      closed: () => {
        this.#clients.delete(client);
      },
    };
  }

  #asked(client: Client, text: string): void {
    const request = toRequest(text);
    if (request === null) {
      client.stream.close();
      return;
    }
    const { stream } = client;
    if (request.op === 'ping') {
      stream.push('pong', replyTo(request, stream, true, 'pong'));
      return;
    }
    if (request.op === 'subscribe') {
      this.#subscribe(client, request);
      return;
    }
    if (request.op === 'unsubscribe') {
      for (const name of request.args.map(String)) {
        client.topics.delete(name);
        stream.unsubscribed(name);
      }
      stream.push('unsubscribe', replyTo(request, stream, true, ''));
      return;
    }
    stream.push(request.op, replyTo(request, stream, false, `error:handler not found,op:${request.op}`));
  }

  #subscribe(client: Client, request: StreamRequest): void {
    const { stream, category } = client;
    const names = request.args.map(String);
    const refuse = (why: string) => stream.push('subscribe', replyTo(request, stream, false, why));
    if (category === 'spot' && names.length > MOST_SPOT_TOPICS) {
      refuse('args size >10');
      return;
    }
    const topics: Topic[] = [];
    for (const name of names) {
      const topic = this.#topic(category, name);
      if (topic === null) {
        refuse(`error:handler not found,topic:${name}`);
        return;
      }
      topics.push(topic);
    }
    stream.push('subscribe', replyTo(request, stream, true, category === 'spot' ? 'subscribe' : ''));
    for (const topic of topics) {
      client.topics.set(topic.name, topic);
      stream.subscribed(topic.name);
      this.#first(client, topic);
    }
  }

  #topic(category: Category, name: string): Topic | null {
    const parts = name.split('.');
    const [kind] = parts;
    const listing = this.#venue.market.find(category, parts.at(-1) ?? '');
    if (listing === null) return null;
    const detail = parts[1] ?? '';
    if (kind === 'kline' && parts.length === 3 && INTERVALS.has(detail))
      return { name, kind, detail, listing };
    if (kind === 'orderbook' && parts.length === 3 && DEPTHS.has(detail))
      return { name, kind, detail, listing };
    if ((kind === 'tickers' || kind === 'publicTrade') && parts.length === 2)
      return { name, kind, detail: '', listing };
    return null;
  }

  #take(event: MarketEvent): void {
    // What a topic shows is the same for all: it is made once.
    const made = new Map<string, Record<string, unknown> | null>();
    for (const { stream, category, topics } of this.#clients) {
      if (event.listing.category !== category) continue;
      for (const topic of topics.values()) {
        if (topic.listing !== event.listing) continue;
        let push = made.get(topic.name);
        if (push === undefined) {
          push = this.#push(topic, event);
          made.set(topic.name, push);
        }
        if (push !== null) stream.push(topic.name, push);
      }
    }
  }

  #envelope(topic: Topic, type: 'snapshot' | 'delta', data: unknown): Record<string, unknown> {
    const { now } = this.#venue.clock;
    // Only of books it is told when the exchange matched.
    const matched = topic.kind === 'orderbook' ? { cts: now } : {};
    return { topic: topic.name, type, ts: now, ...matched, data };
  }

  #push(topic: Topic, event: MarketEvent): Record<string, unknown> | null {
    const { listing } = topic;
    if (topic.kind === 'kline') return this.#candle(topic, event);
    if (event.kind !== 'price') return null;
    if (topic.kind === 'publicTrade')
      return event.trade === null
        ? null
        : this.#envelope(topic, 'snapshot', [tradePush(listing, event.trade)]);
    if (topic.kind === 'tickers') return this.#ticker(topic);
    return this.#delta(topic);
  }

  #candle(topic: Topic, event: MarketEvent): Record<string, unknown> | null {
    const { listing, detail } = topic;
    const { clock, market } = this.#venue;
    const span = INTERVALS.get(detail);
    if (span === undefined) return null;
    const row = (candle: Candle, confirm: boolean) =>
      this.#envelope(topic, 'snapshot', [candlePush(listing, detail, span, candle, confirm, clock.now)]);
    const series = market.series(listing);
    // The candle that a price belongs to began before it: the first price of a candle closes none.
    const start = Math.floor((event.kind === 'price' ? clock.now : event.candle.start) / span) * span;
    if (series.isWithheld(start)) return null;
    const candle = series.candles(span, start, start, clock.now).at(-1);
    if (candle === undefined) return null;
    if (event.kind === 'price') return row(candle, false);
    const over = start + span <= clock.now;
    return event.kind === 'amended' || over ? row(candle, over) : null;
  }

  #ticker(topic: Topic): Record<string, unknown> {
    const now = tickerPush(this.#venue, topic.listing);
    const before = this.#tickers.get(topic.name + topic.listing.category);
    this.#tickers.set(topic.name + topic.listing.category, now);
    if (topic.listing.category === 'spot' || before === undefined)
      return this.#envelope(topic, 'snapshot', now);
    const changed = Object.entries(now).filter(
      ([name, value]) => name === 'symbol' || before[name] !== value,
    );
    return this.#envelope(topic, 'delta', Object.fromEntries(changed));
  }

  #delta(topic: Topic): Record<string, unknown> {
    const key = topic.name + topic.listing.category;
    const now = this.#shown(topic, this.#venue.exchange.quote(topic.listing));
    const before = this.#books.get(key);
    this.#books.set(key, now);
    if (before === undefined) return this.#snapshot(topic, now);
    return this.#envelope(topic, 'delta', {
      s: topic.listing.symbol,
      b: difference(before.bids, now.bids),
      a: difference(before.asks, now.asks),
      ...this.#sequence(),
    });
  }

  #snapshot(topic: Topic, shown: Shown): Record<string, unknown> {
    return this.#envelope(topic, 'snapshot', {
      s: topic.listing.symbol,
      b: [...shown.bids],
      a: [...shown.asks],
      ...this.#sequence(),
    });
  }

  #sequence(): { u: number; seq: number } {
    this.#update += 1;
    return { u: this.#update, seq: this.#update };
  }

  #shown(topic: Topic, { bids, asks }: Quote): Shown {
    const depth = Number(topic.detail);
    return { bids: new Map(levelsWire(bids, depth)), asks: new Map(levelsWire(asks, depth)) };
  }

  /** A new subscriber is shown how things stand: for books, what the others were shown last. */
  #first({ stream }: Client, topic: Topic): void {
    const key = topic.name + topic.listing.category;
    if (topic.kind === 'tickers') {
      const shown = this.#tickers.get(key) ?? tickerPush(this.#venue, topic.listing);
      this.#tickers.set(key, shown);
      stream.push(topic.name, this.#envelope(topic, 'snapshot', shown));
    } else if (topic.kind === 'orderbook') {
      const shown = this.#books.get(key) ?? this.#shown(topic, this.#venue.exchange.quote(topic.listing));
      this.#books.set(key, shown);
      stream.push(topic.name, this.#snapshot(topic, shown));
    } else if (topic.kind === 'kline') {
      const push = this.#candle(topic, { kind: 'price', listing: topic.listing, trade: null });
      if (push !== null) stream.push(topic.name, push);
    }
  }
}

function difference(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const gone = [...before.keys()].filter((price) => !now.has(price)).map((price) => [price, '0'] as const);
  const changed = [...now].filter(([price, size]) => before.get(price) !== size);
  return [...gone, ...changed];
}
