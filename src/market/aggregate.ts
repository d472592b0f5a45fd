import type { Archive } from '../archive/archive.ts';
import { BASE, type Millis } from './time.ts';

/**
 * Builds candles of a longer timeframe from base candles of one symbol. Gap rule: a candle is made of the
 * base candles that exist; nothing is invented for the missing ones. `complete` says whether all were there,
 * so that a short volume never enters a volume statistic.
 */
export class Aggregator {
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  close = Number.NaN;
  volume = Number.NaN;
  complete = false;
  readonly #span: Millis;
  readonly #members: number;
  #bucket = -1;
  #count = 0;
  #o = 0;
  #h = 0;
  #l = 0;
  #c = 0;
  #v = 0;

  constructor(span: Millis) {
    this.#span = span;
    this.#members = span / BASE;
  }

  /**
   * Takes the base candle that closes at `closeTime`. True when that closed a longer candle, which is then in
   * the public fields. A candle that its last base candle is missing from is dropped: it never closed.
   */
  push(closeTime: Millis, open: number, high: number, low: number, close: number, volume: number): boolean {
    const bucket = Math.floor((closeTime - 1) / this.#span);
    if (bucket !== this.#bucket) {
      this.#bucket = bucket;
      this.#count = 0;
      this.#o = open;
      this.#h = high;
      this.#l = low;
      this.#v = 0;
    }
    this.#count++;
    if (high > this.#h) this.#h = high;
    if (low < this.#l) this.#l = low;
    this.#c = close;
    this.#v += volume;
    if (closeTime % this.#span !== 0) return false;
    this.open = this.#o;
    this.high = this.#h;
    this.low = this.#l;
    this.close = this.#c;
    this.volume = this.#v;
    this.complete = this.#count === this.#members;
    return true;
  }

  archive(a: Archive): void {
    a.section('Aggregator');
    this.open = a.number(this.open);
    this.high = a.number(this.high);
    this.low = a.number(this.low);
    this.close = a.number(this.close);
    this.volume = a.number(this.volume);
    this.complete = a.flag(this.complete);
    this.#bucket = a.number(this.#bucket);
    this.#count = a.number(this.#count);
    this.#o = a.number(this.#o);
    this.#h = a.number(this.#h);
    this.#l = a.number(this.#l);
    this.#c = a.number(this.#c);
    this.#v = a.number(this.#v);
  }
}
