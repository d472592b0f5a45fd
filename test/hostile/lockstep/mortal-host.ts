/**
 * A host on the simulated venue that dies at random: at its commits, at what it asks of the venue, and inside a
 * recovery. Its journal lies on a real disk; the venue keeps its own record. What happens to either after the death is
 * thrown away.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Journal, openJournal } from '../../../src/journal/journal.ts';
import { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import type { OpenVenue } from '../../../src/session/venues.ts';
import {
  type Kept,
  MemoryRecord,
  type Place,
  type PlacedRequest,
  type VenueRecord,
} from '../../../src/venue/simulated/kept/record.ts';
import { Crash } from '../daemon/life.ts';
import type { Dice } from '../world/dice.ts';

export interface MortalOptions {
  readonly dice: Dice;
  readonly request: StartRequest;
  readonly open: () => OpenVenue;
  /** Chance of dying at each step. */
  readonly crash: number;
  readonly mostCrashes: number;
}

export interface MortalEnd {
  /** The last life, its session over; its journal is closed. */
  readonly host: SessionHost;
  readonly journalFile: string;
  /** What the venue has written down of itself. */
  readonly record: MemoryRecord;
  /** Order ids in the order that they came to the venue. */
  readonly submitted: readonly number[];
  readonly crashes: readonly string[];
}

export class MortalHost implements Disposable {
  readonly #options: MortalOptions;
  readonly #root = mkdtempSync(path.join(tmpdir(), 'breakout-mortal-'));
  readonly #record = new MemoryRecord();
  readonly #submitted: number[] = [];
  readonly #crashes: string[] = [];
  #life = 0;

  constructor(options: MortalOptions) {
    this.#options = options;
  }

  /** Lives, dies and lives again until the session is over. */
  async run(): Promise<MortalEnd> {
    for (;;) {
      const host = await this.#live();
      if (host === null) continue;
      return {
        host,
        journalFile: this.#file,
        record: this.#record,
        submitted: this.#submitted,
        crashes: this.#crashes,
      };
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true });
  }

  get #file(): string {
    const folder = path.join(this.#root, String(this.#life));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return path.join(folder, 'journal.sqlite');
  }

  /** @returns the host when the session is over, null when it died first. */
  async #live(): Promise<SessionHost | null> {
    const { request, open } = this.#options;
    const life = new Mortality((step) => this.#mayDie(life, step));
    const journal = openJournal({ file: this.#file, reserveBytes: 64 * 1024 });
    watchCommits(journal, life);
    const faults: unknown[] = [];
    const host = new SessionHost({
      open: async () => open(),
      onFault: (error) => {
        if (!life.dead) faults.push(error);
        return String(error);
      },
      keeping: {
        journal,
        venueRecord: () => new WatchedRecord(this.#record, life, this.#submitted),
        onLost: (error) => {
          if (!life.dead) faults.push(error);
        },
      },
    });
    const over = new Promise<void>((resolve) => {
      life.onDeath = resolve;
      host.events.listen(({ event }) => {
        if (event.type === 'session' && event.change === 'ended') resolve();
      });
    });
    try {
      const goesOn = journal.lastSession() !== null;
      if (!goesOn) await host.start(request, 'ann');
      const ended = goesOn && (await host.recover()).session === null;
      if (!ended) await over;
    } catch (error) {
      if (!life.dead) throw error;
    }
    await host.close('the end');
    if (life.dead) return null;
    if (faults.length > 0) throw faults[0];
    return host;
  }

  #mayDie(life: Mortality, step: string): void {
    const { dice, crash, mostCrashes } = this.#options;
    if (life.dead || this.#crashes.length >= mostCrashes || !dice.chance(crash)) return;
    this.#crashes.push(step);
    const from = path.dirname(this.#file);
    this.#life += 1;
    cpSync(from, path.dirname(this.#file), { recursive: true });
    life.die();
    throw new Crash(step);
  }
}

class Mortality {
  dead = false;
  onDeath: () => void = () => undefined;
  readonly point: (step: string) => void;

  constructor(point: (step: string) => void) {
    this.point = point;
  }

  die(): void {
    this.dead = true;
    this.onDeath();
  }
}

function watchCommits(journal: Journal, life: Mortality): void {
  const commit = journal.commit.bind(journal);
  journal.commit = () => {
    if (journal.uncommitted === 0) return;
    life.point('before a commit');
    commit();
    life.point('after a commit');
  };
}

/** The venue's record as one life of its owner reaches it; after the death nothing does any more. */
class WatchedRecord implements VenueRecord {
  readonly where: string;
  readonly #record: MemoryRecord;
  readonly #life: Mortality;
  readonly #submitted: number[];

  constructor(record: MemoryRecord, life: Mortality, submitted: number[]) {
    this.where = record.where;
    this.#record = record;
    this.#life = life;
    this.#submitted = submitted;
  }

  load(): Kept {
    this.#life.point('in recovery, before the venue is led back');
    return this.#record.load();
  }

  request(row: PlacedRequest): void {
    this.#life.point('before a send');
    if (this.#life.dead) return;
    this.#record.request(row);
    if (row.request.op === 'submit') this.#submitted.push(row.request.order.id);
    this.#life.point('after a send');
  }

  reached(place: Place): void {
    this.#life.point('before a fill is kept');
    if (this.#life.dead) return;
    this.#record.reached(place);
    this.#life.point('after a fill, before it is heard of');
  }

  snapshot(bars: number, state: Uint8Array): void {
    this.#life.point('before the venue is saved');
    if (this.#life.dead) return;
    this.#record.snapshot(bars, state);
    this.#life.point('after the venue was saved');
  }

  [Symbol.dispose](): void {
    // It belongs to the venue.
  }
}
