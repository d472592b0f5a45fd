/** One host after another on the same journal, as daemons follow one another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Journal, openJournal } from '../../../src/journal/journal.ts';
import { SessionHost } from '../../../src/session/host.ts';
import type { SessionHostOptions } from '../../../src/session/host-options.ts';
import { MemoryRecord, type VenueRecord } from '../../../src/venue/simulated/kept/record.ts';

export interface Life {
  readonly host: SessionHost;
  readonly journal: Journal;
  /** What the journal could not take, when that ended the process. */
  readonly lost: unknown[];
}

/** Lives of one state folder. The venue's own books outlast each of them. */
export class Lives {
  readonly #t: TestContext;
  readonly #file: string;
  readonly #books = new Map<string, MemoryRecord>();

  constructor(t: TestContext) {
    this.#t = t;
    const folder = mkdtempSync(join(tmpdir(), 'breakout-restart-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    this.#file = join(folder, 'journal.sqlite');
  }

  get journalFile(): string {
    return this.#file;
  }

  /** A host that has not taken up anything yet. `onLost`: called before the host is told, each time. */
  next(
    options: Omit<SessionHostOptions, 'keeping'> = {},
    onLost: (times: number) => void = () => undefined,
  ): Life {
    const journal = openJournal({ file: this.#file, reserveBytes: 64 * 1024 });
    const lost: unknown[] = [];
    const host: SessionHost = new SessionHost({
      onFault: (error) => {
        this.#t.diagnostic(String(error));
        return error instanceof Error ? error.message : String(error);
      },
      ...options,
      keeping: {
        journal,
        venueRecord: (session) => this.#recordOf(session),
        onLost: (error) => {
          lost.push(error);
          onLost(lost.length);
          // As the daemon's guard does: the first failure ends it.
          if (lost.length === 1) host.fault(String(error));
        },
      },
    });
    return { host, journal, lost };
  }

  #recordOf(session: string): VenueRecord {
    const known = this.#books.get(session) ?? new MemoryRecord();
    this.#books.set(session, known);
    return known;
  }
}
