/**
 * One life of the daemon: a host with its journal on disk, on an exchange reached by ccxt over real sockets. When it dies
 * nothing of it reaches the exchange any more, nothing is heard, and of its journal there is what was committed.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ExchangeSettings } from '../../../src/config/settings-schema.ts';
import { type Journal, openJournal } from '../../../src/journal/journal.ts';
import type { Millis } from '../../../src/market/time.ts';
import { SessionHost } from '../../../src/session/host.ts';
import type { OpenRequest } from '../../../src/session/host-options.ts';
import { openExchange } from '../../../src/session/live/exchange-venue.ts';
import type { LiveVenue } from '../../../src/session/live/live-venue.ts';
import { Refusal } from '../../../src/session/refusal.ts';
import type { Broker } from '../../../src/venue/broker.ts';
import type { Timer } from '../../../src/venue/ccxt/time.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';

/** Seams at which a test breaks the code on purpose. */
export interface Seams {
  readonly broker?: (broker: Broker) => Broker;
}

export interface LifeParts {
  /** The journal's folder. */
  readonly folder: string;
  readonly exchange: string;
  readonly settings: ExchangeSettings;
  readonly configDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly time: Timer;
  readonly wallNow: () => Millis;
  readonly seams: Seams;
  /** Whether it dies at the step of that name. */
  readonly dies: (step: string) => boolean;
  readonly died: (step: string) => void;
  /** Something of it failed that should not have. */
  readonly failed: (error: unknown) => void;
  /** An exit was handed to the broker. */
  readonly exitSent: (symbol: string) => void;
  readonly log: (line: string) => void;
}

const OPEN_AGAIN_MS: Millis = 5_000;
const NEVER = new Promise<never>(() => undefined);

export class Life {
  readonly host: SessionHost;
  readonly #parts: LifeParts;
  readonly #journal: Journal;
  #dead = false;
  #venues: LiveVenue[] = [];
  /** It has its session and trades. */
  ready = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    this.#journal = openJournal({ file: this.journalFile, reserveBytes: 64 * 1024 });
    const told = (error: unknown): void => {
      if (!this.#dead) parts.failed(error);
    };
    this.host = new SessionHost({
      open: (request) => this.#open(request),
      wallNow: parts.wallNow,
      onFault: (error) => {
        told(error);
        return String(error);
      },
      keeping: { journal: this.#journal, venueRecord: () => new MemoryRecord(), onLost: told },
    });
  }

  get journalFile(): string {
    return path.join(this.#parts.folder, 'journal.sqlite');
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Dies here and now. The journal as it lies goes to `heir`. */
  kill(heir: string): void {
    this.#dead = true;
    this.ready = false;
    cpSync(this.#parts.folder, heir, { recursive: true });
    for (const venue of this.#venues) venue.close();
  }

  /** What is left of a life that is over. */
  bury(): void {
    this.#dead = true;
    this.#journal.close();
    rmSync(this.#parts.folder, { recursive: true, force: true });
  }

  /** What was observed is in the journal. */
  commit(): void {
    this.#journal.commit();
  }

  async close(): Promise<void> {
    await this.host.close('the end');
    this.ready = false;
  }

  #point(step: string): void {
    if (!this.#dead && this.#parts.dies(step)) this.#parts.died(step);
  }

  async #open(request: OpenRequest): Promise<LiveVenue> {
    const { exchange, settings, configDir, env, log, time } = this.#parts;
    for (;;) {
      try {
        const venue = await openExchange(request, {
          configDir,
          exchanges: () => ({ [exchange]: settings }),
          log: (level, message, fields) => log(`${level} ${message} ${JSON.stringify(fields)}`),
          timer: this.#timer(),
          env,
        });
        if (!this.#dead) {
          this.#venues.push(venue);
          return this.#mortal(venue);
        }
        venue.close();
        return await NEVER;
      } catch (error) {
        if (this.#dead) return await NEVER;
        const unreachable = error instanceof Refusal && error.code === 'EXCHANGE_UNREACHABLE';
        if (request.goesOn !== true || !unreachable) throw error;
        // As the daemon does it, in the exchange's time.
        await new Promise<void>((resolve) => time.after(OPEN_AGAIN_MS, resolve));
      }
    }
  }

  #timer(): Timer {
    const { time } = this.#parts;
    return {
      steady: () => time.steady(),
      after: (ms, run) =>
        time.after(ms, () => {
          if (!this.#dead) run();
        }),
    };
  }

  #mortal(venue: LiveVenue): LiveVenue {
    const { seams } = this.#parts;
    const broker = this.#watched(venue.broker);
    const heard = (step: string, hear: () => void): void => {
      this.#point(`before ${step}`);
      if (this.#dead) return;
      hear();
      this.#point(`after ${step}`);
    };
    return {
      ...venue,
      broker: seams.broker?.(broker) ?? broker,
      history: async (bars) => {
        const history = await venue.history(bars);
        return this.#dead ? NEVER : history;
      },
      funds: async () => {
        const funds = await venue.funds();
        return this.#dead ? NEVER : funds;
      },
      listen: (listener) =>
        venue.listen({
          bars: (...of) => heard('bars', () => listener.bars(...of)),
          book: (...of) => this.#dead || listener.book(...of),
          feed: (...of) => this.#dead || listener.feed(...of),
          push: (push) =>
            heard(push.kind === 'fill' ? 'a fill is heard' : 'a push', () => listener.push(push)),
          listed: () => this.#dead || listener.listed(),
          missed: () => this.#dead || listener.missed(),
          failed: (error) => this.#dead || listener.failed(error),
        }),
    };
  }

  #watched(broker: Broker): Broker {
    const answered =
      <T>(what: string, answer: (value: T) => void) =>
      (value: T): void => {
        this.#point(`before ${what}`);
        if (this.#dead) return;
        answer(value);
        this.#point(`after ${what}`);
      };
    const send = (what: string, go: () => void): void => {
      this.#point(`before ${what}`);
      if (this.#dead) return;
      go();
      this.#point(`after ${what}`);
    };
    return {
      capabilities: broker.capabilities,
      validityMs: broker.validityMs,
      submit: (order, clientId, answer) => {
        if (order.purpose === 'exit') this.#parts.exitSent(order.symbol);
        send('a submit', () => broker.submit(order, clientId, answered('the answer to a submit', answer)));
      },
      cancel: (symbol, clientId, answer) =>
        send('a cancel', () => broker.cancel(symbol, clientId, answered('the answer to a cancel', answer))),
      amend: (symbol, clientId, change, answer) =>
        send('an amend', () =>
          broker.amend(symbol, clientId, change, answered('the answer to an amend', answer)),
        ),
      lookUp: (symbol, clientId, answer) =>
        this.#dead || broker.lookUp(symbol, clientId, answered('what was looked up', answer)),
      acts: broker.acts,
      fillsSince: (symbol, since, answer) =>
        this.#dead || broker.fillsSince(symbol, since, answered('the fills', answer)),
      idsSince: (since, answer) => this.#dead || broker.idsSince(since, answered('the ids', answer)),
      account: (answer) => this.#dead || broker.account(answered('the books', answer)),
    };
  }
}
