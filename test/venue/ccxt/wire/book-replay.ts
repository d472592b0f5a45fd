/**
 * Sends the diffs of a market through the adapter's feed of books, one at a time, and holds what the feed and ccxt show
 * after each against the book rebuilt from the wire alone.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { CcxtBook } from '../../../../src/venue/ccxt/exchange.ts';
import { random } from '../../../engine/random-market.ts';
import { type BookSession, bookSession, DEPTH_STREAM } from './book-session.ts';
import { type Known, type KnownLevel, RawBook } from './raw-book.ts';
import type { Diff, Market, Snapshot } from './recording.ts';

export interface BookReplayOptions {
  readonly kind: Market['kind'];
  /** Diffs that came before the first snapshot was asked for, or answered. */
  readonly before: readonly Diff[];
  readonly snapshot: Snapshot;
  readonly diffs: readonly Diff[];
  readonly seed: number;
  /** Chances for each diff, from 0 to 1, and of the connection to be cut. */
  readonly faults?: Faults;
}

export interface Faults {
  readonly drop: number;
  readonly twice: number;
  readonly swap: number;
  readonly cut: number;
}

export interface BookReplay {
  /** Updates after which the whole book that was shown was compared, and summaries that were. */
  readonly books: number;
  readonly summaries: number;
  /** Those that showed the newest update there was. */
  readonly newest: number;
  /** Levels that were compared. */
  readonly levels: number;
  readonly snapshots: number;
  readonly failures: readonly string[];
  /** Lost, sent twice, swapped and cut. */
  readonly faults: number;
}

/** A step of the feed: it looks at the books once in a second. */
const STEP_MS = 1_000;
/** Books that are kept to be compared with. */
const KEPT = 400;
/** Diffs that a snapshot may be late by. */
const MOST_LATE = 5;
/** The answer to a request for a book is as large as was asked for. */
const cutTo = ({ update, bids, asks }: Known, depth: number): Snapshot => ({
  lastUpdateId: update,
  bids: bids.slice(0, depth).map(({ text }) => text),
  asks: asks.slice(0, depth).map(({ text }) => text),
});

export async function replayBooks(options: BookReplayOptions): Promise<BookReplay> {
  await using session = await bookSession(options.kind);
  const replay = new Replay(options, session);
  await replay.begin();
  await replay.run();
  return replay.result;
}

class Replay {
  readonly #options: BookReplayOptions;
  readonly #session: BookSession;
  readonly #draw: () => number;
  readonly #truth: RawBook;
  readonly #known = new Map<number, Known>();
  /** Where the newest snapshot that was answered ends. */
  #bid = 0;
  #ask = Number.POSITIVE_INFINITY;
  #snapshots = 0;
  #wait = 0;
  #toldBefore = 0;
  #lastTold = 0;
  #books = 0;
  #newest = 0;
  #levels = 0;
  #faults = 0;

  constructor(options: BookReplayOptions, session: BookSession) {
    this.#options = options;
    this.#session = session;
    this.#draw = random(options.seed);
    this.#truth = new RawBook(options.snapshot);
  }

  get result(): BookReplay {
    const { told, failures } = this.#session;
    return {
      books: this.#books,
      summaries: told.length,
      newest: this.#newest,
      levels: this.#levels,
      snapshots: this.#snapshots,
      failures,
      faults: this.#faults,
    };
  }

  /** As it was recorded: changes came before the snapshot, and some of them are in it. */
  async begin(): Promise<void> {
    const { server, timer, until, send } = this.#session;
    const { before, snapshot } = this.#options;
    await until(() => server.subscribed.has(DEPTH_STREAM));
    while (server.waiting === 0) await timer.pass(50);
    for (const diff of before) await send(diff);
    this.#remember();
    for (const diff of before) if (this.#truth.apply(diff)) this.#remember();
    const { lastUpdateId, bids, asks } = snapshot;
    this.#answer((depth) => ({ lastUpdateId, bids: bids.slice(0, depth), asks: asks.slice(0, depth) }));
    await until(() => this.#session.book?.nonce !== undefined);
    await this.#look();
  }

  async run(): Promise<void> {
    const { diffs, faults } = this.#options;
    const { server, timer } = this.#session;
    let held: Diff | null = null;
    for (const diff of diffs) {
      this.#truth.apply(diff);
      this.#remember();
      if (faults !== undefined && this.#draw() < faults.cut) await this.#cut();
      const sent = this.#disturbed(diff, held);
      held = sent.held;
      for (const each of sent.now) await this.#session.send(each);
      await timer.pass(STEP_MS);
      // Whatever has happened, a book that is not there is asked for.
      await this.#until(() => this.#session.book?.nonce !== undefined || server.waiting > 0);
      this.#serve();
      await this.#look();
    }
  }

  /** ccxt waits by a clock of its own before it tries again, so that some real time has to pass too. */
  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      await this.#session.timer.pass(STEP_MS / 10);
      if (!done()) await delay(2);
    }
  }

  async #cut(): Promise<void> {
    const { server } = this.#session;
    this.#faults += 1;
    server.cut();
    await this.#until(() => server.listeners(DEPTH_STREAM) > 0);
  }

  #disturbed(diff: Diff, held: Diff | null): { readonly now: readonly Diff[]; readonly held: Diff | null } {
    const { faults } = this.#options;
    if (faults === undefined) return { now: [diff], held: null };
    const behind = held === null ? [diff] : [diff, held];
    const drawn = this.#draw();
    if (drawn < faults.drop + faults.twice + faults.swap) this.#faults += 1;
    if (drawn < faults.drop) return { now: held === null ? [] : [held], held: null };
    if (drawn < faults.drop + faults.twice) return { now: [diff, ...behind], held: null };
    if (drawn < faults.drop + faults.twice + faults.swap)
      return { now: held === null ? [] : [held], held: diff };
    return { now: behind, held: null };
  }

  /** A book that was asked for is answered a few changes later, as it is then. */
  #serve(): void {
    const { server } = this.#session;
    if (server.waiting === 0) return;
    if (this.#wait === 0) {
      this.#wait = 1 + Math.floor(this.#draw() * MOST_LATE);
      return;
    }
    this.#wait -= 1;
    if (this.#wait === 0) this.#answer((depth) => cutTo(this.#truth.known(), depth));
  }

  #answer(book: (depth: number) => Snapshot): void {
    const { server } = this.#session;
    server.answer((depth) => {
      const snapshot = book(depth);
      this.#snapshots += 1;
      this.#bid = Number(snapshot.bids[depth - 1]?.[0] ?? 0);
      this.#ask = Number(snapshot.asks[depth - 1]?.[0] ?? Number.POSITIVE_INFINITY);
      return snapshot;
    });
    server.answer(null);
  }

  #remember(): void {
    const known = this.#truth.known();
    this.#known.set(known.update, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }

  async #look(): Promise<void> {
    const { told, book } = this.#session;
    const fresh = told.slice(this.#toldBefore);
    this.#toldBefore = told.length;
    for (const { update, ...summary } of fresh) {
      const known = this.#known.get(update ?? -1);
      assert.ok(known !== undefined, `a book that never was: ${update}`);
      assert.deepEqual(summary, this.#summaryOf(known), `the summary at ${update}`);
      assert.ok(known.update >= this.#lastTold, `the book of ${update} is told after a newer one`);
      this.#lastTold = known.update;
      if (update === this.#truth.update) this.#newest += 1;
    }
    if (book?.nonce === undefined) return;
    const known = this.#known.get(book.nonce);
    assert.ok(known !== undefined, `ccxt has a book that never was: ${book.nonce}`);
    this.#compare(book, known);
    this.#books += 1;
  }

  #compare(book: CcxtBook, known: Known): void {
    for (const [side, end] of [
      ['bids', this.#bid],
      ['asks', this.#ask],
    ] as const) {
      const expected = inside(known[side], side, end);
      const shown = book[side];
      for (const [i, { price, size, text }] of expected.entries()) {
        const [at, amount] = shown[i] ?? [];
        if (at !== price || amount !== size)
          assert.fail(`${side} ${i} at ${known.update}: ${at} ${amount} for ${text[0]} ${text[1]}`);
      }
      const next = shown[expected.length]?.[0];
      assert.ok(
        next === undefined || (side === 'bids' ? Number(next) < end : Number(next) > end),
        'one too many',
      );
      this.#levels += expected.length;
    }
  }

  #summaryOf({ bids, asks }: Known): unknown {
    const bid = bids[0]?.price ?? Number.NaN;
    const ask = asks[0]?.price ?? Number.NaN;
    const mid = (bid + ask) / 2;
    const worth = (levels: readonly KnownLevel[], side: 'bids' | 'asks', share: number): number =>
      inside(levels, side, side === 'bids' ? this.#bid : this.#ask)
        .filter(({ price }) => Math.abs(price - mid) <= mid * share)
        .reduce((sum, { price, size }) => sum + price * size, 0);
    return {
      bid,
      ask,
      bidDepth03: worth(bids, 'bids', 0.003),
      askDepth03: worth(asks, 'asks', 0.003),
      bidDepth05: worth(bids, 'bids', 0.005),
      askDepth05: worth(asks, 'asks', 0.005),
    };
  }
}

/** The levels as far as the snapshot went: nothing beyond it need be known. */
function inside(levels: readonly KnownLevel[], side: 'bids' | 'asks', end: number): readonly KnownLevel[] {
  const outside = levels.findIndex(({ price }) => (side === 'bids' ? price < end : price > end));
  return outside < 0 ? levels : levels.slice(0, outside);
}
