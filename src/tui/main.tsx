/** The live view: built here out of its parts, and taken apart when it is left. */
import { render } from 'ink';
import { AlternateScreen } from './frame/alternate-screen.ts';
import { App, type AppProps } from './frame/app.tsx';
import { noStream } from './frame/no-stream.ts';
import { Screen } from './frame/screen.ts';
import type { Pressed } from './keys/key-name.ts';
import type { Shell } from './shell.ts';
import { SpokenApp } from './spoken/app.tsx';
import { inkStream } from './spoken/ink-stream.ts';
import { Speech } from './spoken/speech.ts';
import { Feed } from './store/feed.ts';
import { themeOf } from './text/theme.ts';
import { View, type ViewOptions } from './view.ts';

/** A terminal, or what stands for one in a test. */
export interface OutputTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface ShowOptions {
  readonly shell: Shell;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: OutputTerminal;
  readonly readOnly: boolean;
  readonly color: boolean;
  readonly ascii: boolean;
  /** Lines to be read aloud instead of a screen. */
  readonly screenReader: boolean;
  /** Stops the process as Ctrl-Z does; resolves once it goes on. */
  suspend(): Promise<void>;
  /** Leaves the view. */
  readonly signal: AbortSignal;
}

export interface TuiOptions extends ShowOptions {
  readonly socketPath: string;
}

/** Changes are told at this pace where they are read aloud. */
const SPOKEN_MS = 5_000;
/** What is read aloud is cut out of a screen of this size, whatever the terminal has: it has room for all panes. */
const SPOKEN_SIZE = { columns: 200, rows: 60 } as const;

/** Resolves when the person has left. The daemon goes on. */
export async function runTui(options: TuiOptions): Promise<void> {
  const { socketPath, screenReader } = options;
  const pace = screenReader ? { delayMs: SPOKEN_MS, intervalMs: SPOKEN_MS } : {};
  await using feed = new Feed({ socketPath, ...pace });
  await showView(feed, options);
}

/** Shows what `feed` brings until the person has left. */
export async function showView(feed: ViewOptions['feed'], options: ShowOptions): Promise<void> {
  const { shell, stdin, stdout, signal, readOnly, screenReader } = options;
  const size = (): { columns: number; rows: number } => ({ columns: stdout.columns, rows: stdout.rows });
  using terminal = new AlternateScreen(stdout);
  const screen = new Screen(stdout, size);
  const draw: AppProps['draw'] = (regions) => screen.draw(regions);
  let over = false;
  const { promise: left, resolve: leave } = deferred();
  using view = new View({
    feed,
    shell,
    theme: themeOf(options),
    readOnly,
    ...(screenReader ? SPOKEN_SIZE : size()),
    onLeave: leave,
    onRedraw: () => {
      if (!screenReader) return screen.redraw();
      speech.repeat();
      view.resize(SPOKEN_SIZE.columns, SPOKEN_SIZE.rows);
    },
    onSuspend: () => void suspended(),
  });
  const speech = new Speech({ standing: view.standing, screen: view.screen });
  const resized = (): void => {
    if (screenReader) return;
    const { columns, rows } = size();
    screen.forget();
    view.resize(columns, rows);
  };
  /** The shell gets its terminal as it was, and the view gets it back. */
  const suspended = async (): Promise<void> => {
    terminal[Symbol.dispose]();
    stdin.setRawMode(false);
    await options.suspend();
    if (over) return;
    stdin.setRawMode(true);
    if (screenReader) return;
    terminal.enter();
    // The window may have another size by now.
    resized();
    screen.redraw();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const { subscribe } = view;
  const onPress = (key: Pressed): void => view.press(key);
  if (!screenReader) terminal.enter();
  stdout.on('resize', resized);
  const app = screenReader
    ? render(<SpokenApp subscribe={subscribe} spoken={speech.spoken} onPress={onPress} />, {
        stdin,
        stdout: inkStream((text) => stdout.write(text), size),
        exitOnCtrlC: false,
        patchConsole: false,
        isScreenReaderEnabled: true,
      })
    : render(<App subscribe={subscribe} screen={view.screen} draw={draw} onPress={onPress} />, {
        stdin,
        stdout: noStream(),
        // Nothing is held back: the store says when a screen is due.
        debug: true,
        exitOnCtrlC: false,
        patchConsole: false,
        isScreenReaderEnabled: false,
      });
  try {
    await Promise.race([left, app.waitUntilExit()]);
  } finally {
    over = true;
    stdout.off('resize', resized);
    signal.removeEventListener('abort', leave);
    app.unmount();
    // What the shell says next begins on a line of its own.
    if (screenReader) stdout.write('\n');
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
