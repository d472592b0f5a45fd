/**
 * A terminal that is not there: what the view writes goes through a real terminal emulator, whose screen is read back
 * as text, and keys go in as the bytes that a terminal sends. `golden` compares a screen with the one on file;
 * UPDATE_GOLDEN=1 writes the files anew, to be looked at before they are committed.
 */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import xterm from '@xterm/headless';
import type { ControlClient } from '../../src/protocol/client.ts';
import { prepareEnvironment } from '../../src/tui/environment.ts';
import type { Shell } from '../../src/tui/shell.ts';
import { Store } from '../../src/tui/store/external-store.ts';
import type { ReadName } from '../../src/tui/store/reads.ts';
import { notice } from '../../src/tui/store/reduce.ts';
import type { ViewState } from '../../src/tui/store/state.ts';
import type { Tone } from '../../src/tui/text/line.ts';
import { onEnd } from '../daemon/support.ts';

prepareEnvironment(process.env);
const { showView } = await import('../../src/tui/main.tsx');

const KEYS: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  home: '\u001b[H',
  end: '\u001b[F',
  enter: '\r',
  esc: '\u001b',
  tab: '\t',
  'shift+tab': '\u001b[Z',
  backspace: '\u007f',
  'ctrl+c': '\u0003',
  'ctrl+l': '\u000c',
  'ctrl+r': '\u0012',
  'ctrl+u': '\u0015',
  'ctrl+z': '\u001a',
};

export class TestTerminal extends EventEmitter {
  readonly emulator: InstanceType<typeof xterm.Terminal>;
  readonly stdin: NodeJS.ReadStream;
  readonly #input = new PassThrough();
  columns: number;
  rows: number;
  written = '';
  raw = false;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
    this.stdin = Object.create(this.#input, {
      isTTY: { value: true },
      setRawMode: {
        value: (raw: boolean) => {
          this.raw = raw;
        },
      },
      ref: { value: () => undefined },
      unref: { value: () => undefined },
    });
  }

  write(text: string): boolean {
    this.written += text;
    this.emulator.write(text);
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emulator.resize(columns, rows);
    this.emit('resize');
  }

  type(bytes: string): void {
    this.#input.write(bytes);
  }

  /** Once everything that is under way has been drawn. */
  async settled(): Promise<void> {
    // Input takes a few turns of the loop: readable, key, render.
    for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => this.emulator.write('', resolve));
  }

  /** The lines of the screen, without blanks at their ends. */
  get lines(): string[] {
    const { active } = this.emulator.buffer;
    return Array.from(
      { length: this.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }
}

export interface OpenOptions {
  readonly state: ViewState;
  readonly columns?: number;
  readonly rows?: number;
  readonly readOnly?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
  readonly screenReader?: boolean;
  readonly client?: ControlClient;
  readonly shell?: Partial<Shell>;
  readonly suspend?: () => Promise<void>;
}

/** A command line that a test has not given: nothing may ask it. */
const NO_SHELL: Shell = {
  complete: () => Promise.reject(new Error('no completion here')),
  run: () => Promise.reject(new Error('no process here')),
  presets: () => Promise.reject(new Error('no presets here')),
  startParams: () => ({ field: null, text: 'no start here' }),
  startDaemon: () => Promise.reject(new Error('no daemon here')),
};

export interface OpenView {
  readonly terminal: TestTerminal;
  readonly store: Store<ViewState>;
  /** What the screen needs to be read. */
  readonly wanted: () => ReadonlySet<ReadName>;
  /** Resolves once the view was left. */
  readonly left: Promise<void>;
  /** Presses keys by name, one after the other, and waits until what they do is drawn. */
  press(...names: string[]): Promise<void>;
  set(change: (state: ViewState) => ViewState): Promise<void>;
}

/** The view on a terminal of a size, over a state that the test gives. */
export async function open(t: TestContext, options: OpenOptions): Promise<OpenView> {
  const { state, columns = 80, rows = 24, readOnly = false, color = false, ascii = false } = options;
  const terminal = new TestTerminal(columns, rows);
  const store = new Store(state);
  let wanted: ReadonlySet<ReadName> = new Set();
  const abort = new AbortController();
  const feed = {
    store,
    client: options.client ?? null,
    want: (names: ReadonlySet<ReadName>) => {
      wanted = names;
    },
    reconnect: () => undefined,
    notice: (tone: Tone, text: string) => store.update((now) => notice(now, tone, text, now.now)),
  };
  const left = showView(feed, {
    shell: { ...NO_SHELL, ...options.shell },
    stdin: terminal.stdin,
    stdout: terminal,
    readOnly,
    color,
    ascii,
    screenReader: options.screenReader ?? false,
    suspend: options.suspend ?? (() => Promise.reject(new Error('no shell to go to'))),
    signal: abort.signal,
  });
  onEnd(t, async () => {
    abort.abort();
    await left;
    store[Symbol.dispose]();
    terminal.emulator.dispose();
  });
  await terminal.settled();
  return {
    terminal,
    store,
    wanted: () => wanted,
    left,
    async press(...names) {
      for (const name of names) {
        terminal.type(KEYS[name] ?? name);
        await terminal.settled();
      }
    },
    async set(change) {
      store.update(change);
      store.flush();
      await terminal.settled();
    },
  };
}

const FOLDER = new URL('golden/', import.meta.url);

/** The screen must be the one on file. */
export function golden(terminal: TestTerminal, name: string): void {
  const file = new URL(`${name}-${terminal.columns}x${terminal.rows}.txt`, FOLDER);
  const screen = `${terminal.lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
  if (process.env.UPDATE_GOLDEN === '1' || !existsSync(file)) {
    assert.equal(process.env.UPDATE_GOLDEN, '1', `there is no ${file.pathname}: run with UPDATE_GOLDEN=1`);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, screen);
    return;
  }
  assert.equal(screen, readFileSync(file, 'utf8'));
}
