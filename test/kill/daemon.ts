/**
 * The real daemon with its fault points armed, as a process of its own. It ends itself with SIGKILL where KILL_AT says,
 * writes what its venue is asked and does to a ledger that is nobody's but the audit's, and may wait, all recovered and
 * nothing gone on, until it is looked at.
 */
import { appendFileSync, existsSync, readFileSync, readSync, writeSync } from 'node:fs';
import { resolvePaths } from '../../src/config/paths.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import type { OrderReport } from '../../src/engine/input.ts';
import { watchPoints } from '../../src/faults/point.ts';
import { daemonFailure } from './failures.ts';
import { type LedgerLine, parseLedger } from './ledger.ts';
import { matches, parsePlace, Tagger } from './tags.ts';

const { KILL_AT: at = '', KILL_NTH: nth = '1', KILL_LEDGER: ledger = '', KILL_HOLD: hold } = process.env;
const place = at === '' ? null : parsePlace(at);
const tagger = new Tagger(existsSync(ledger) ? parseLedger(readFileSync(ledger, 'utf8')) : []);
let hits = 0;
/** What the venue did and has not in its books: when it dies now, that never was. */
const undecided: OrderReport[] = [];
const FINAL: ReadonlySet<string> = new Set(['venue.reached', 'venue.acted', 'recovery.comparing']);

watchPoints((reached) => {
  if (reached.place === 'session.opened' || reached.place === 'recovery.saved')
    note({ kind: 'session', session: reached.session });
  if (reached.place === 'venue.wrote') note({ kind: 'request', request: reached.request });
  if (reached.place === 'venue.noted') undecided.push(...reached.reports);
  if (FINAL.has(reached.place) && undecided.length > 0)
    note({ kind: 'reports', reports: undecided.splice(0) });
  const tags = tagger.tagsOf(reached);
  if (place !== null && matches(place, reached.place, tags)) {
    hits += 1;
    if (hits === Number(nth)) {
      say(`hit ${hits}`);
      process.kill(process.pid, 'SIGKILL');
    }
  }
  if (reached.place === 'recovery.saved' && hold !== undefined) {
    say('held');
    readSync(0, Buffer.alloc(1));
  }
});

try {
  await runDaemon({
    paths: resolvePaths(),
    onReady: () => say('listening'),
    recover: async () => say('recovered'),
  });
} catch (error) {
  const { message, code } = daemonFailure(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

function note(line: LedgerLine): void {
  appendFileSync(ledger, `${JSON.stringify(line)}\n`);
}

/** At once, so that it is out before the process is not. */
function say(word: string): void {
  writeSync(1, `${word}\n`);
}
