/** Journals that a real process left behind, and copies of them to damage. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { journalFiles } from '../../src/journal/files/names.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { JournalError } from '../../src/journal/journal-error.ts';
import { program } from '../program.ts';
import { digest, SESSION, saidBy } from './kit.ts';

const WRITER = new URL('writer-process.ts', import.meta.url);

export interface LeftBehind {
  readonly file: string;
  /** The last input whose commit had returned. */
  readonly durable: number;
}

/** Runs the writer until it ends, or kills it once it has said `killAt` inputs. */
export async function leftBehind(
  folder: string,
  { bars, end, killAt }: { bars: number; end: 'kill' | 'close' | 'endless'; killAt?: number },
): Promise<LeftBehind> {
  const file = path.join(folder, 'journal.sqlite');
  const child = spawn(process.execPath, [...program(WRITER), file, String(bars), end], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-64);
    if (killAt !== undefined && lastLine(said) >= killAt) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'close');
  if (end === 'close') assert.equal(code, 0);
  else assert.equal(signal, 'SIGKILL');
  return { file, durable: lastLine(said) };
}

function lastLine(said: string): number {
  return Number(said.split('\n').at(-2) ?? 0);
}

/** A copy to damage, in a folder of its own below the journal's. */
export function copyOf({ file }: LeftBehind): string {
  const folder = mkdtempSync(path.join(path.dirname(file), 'copy-'));
  const copy = path.join(folder, 'journal.sqlite');
  const [from, to] = [journalFiles(file), journalFiles(copy)];
  for (const name of ['journal', 'wal', 'mark', 'reserve'] as const) {
    if (existsSync(from[name])) copyFileSync(from[name], to[name]);
  }
  return copy;
}

/** What a start makes of a journal: it refuses and leaves everything as it lies, or it has every durable input. */
export type Start =
  | { readonly refused: JournalError }
  | { readonly refused: null; readonly inputs: number; readonly digest: string };

export function start(file: string): Start {
  const before = contents(file);
  try {
    const journal = openJournal({ file, reserveBytes: 4096 });
    try {
      const session = journal.lastSession();
      const snapshot = journal.lastSnapshot(SESSION);
      const said: string[] = [];
      let inputs = 0;
      for (const entry of journal.entries(SESSION, 0)) {
        said.push(saidBy(entry));
        inputs = entry.seq;
      }
      assert.equal(session?.lastSeq, inputs);
      assert.ok(snapshot !== null && snapshot.seq <= inputs);
      return { refused: null, inputs, digest: digest(said) };
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    // Pages that only reading finds damaged come after the open has written.
    if (!/is not what was written|is missing|malformed/.test(error.message)) {
      assert.equal(contents(file), before, `a refusal changes nothing: ${error.message}`);
    }
    return { refused: error };
  }
}

/** An empty log is none: a connection that only reads makes one where there is none. */
function contents(file: string): string {
  const { journal, wal, mark } = journalFiles(file);
  return digest([journal, wal, mark].map((each) => (existsSync(each) ? readFileSync(each, 'base64') : '')));
}
