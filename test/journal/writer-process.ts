/**
 * A process that writes a trading session to a journal and commits each input; it says the ordinal of each that is
 * durable on stdout, and ends as it is told:
 *
 *     writer-process.ts FILE BARS kill|close|endless
 *
 * `kill`: by its own SIGKILL, the journal open. `endless`: goes on until somebody kills it.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../src/journal/journal.ts';
import { appendMarket, balance, entryOf, SESSION, sessionRow } from './kit.ts';

const [file = '', bars = '0', end] = process.argv.slice(2);
const journal = openJournal({ file, reserveBytes: 4096 });
journal.openSession(sessionRow());
let last = 0;
appendMarket(journal, Number(bars), (seq) => {
  last = seq;
  commit();
});
while (end === 'endless') {
  last += 1;
  journal.append(entryOf(last, balance(last), []));
  commit();
}
if (end === 'close') journal.close();
else process.kill(process.pid, 'SIGKILL');

function commit(): void {
  journal.snapshot({
    session: SESSION,
    seq: last,
    at: last,
    wallAt: last,
    state: Buffer.alloc(2_000, String(last)),
    hash: String(last),
    shell: Buffer.of(),
  });
  journal.commit();
  writeSync(1, `${last}\n`);
}
