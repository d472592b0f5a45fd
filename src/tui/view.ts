/**
 * The view without its drawing: joins what comes from the daemon with what is pressed, and says what is on the screen.
 * React only draws `screen()`; nothing here knows of it.
 */
import { Errands } from './errands.ts';
import { compose } from './frame/compose.ts';
import type { Region } from './frame/region.ts';
import { Remembered } from './frame/remembered.ts';
import { type Standing, symbolIn, visiblePanes } from './frame/standing.ts';
import { type Command, carryOut, doing, refusal } from './keys/commands.ts';
import type { Effect } from './keys/effect.ts';
import type { Pressed } from './keys/key-name.ts';
import type { Key } from './keys/outcome.ts';
import { press } from './keys/press.ts';
import { type Binding, bindings } from './keys/table.ts';
import { initialUi, type UiState } from './keys/ui-state.ts';
import { readTyped } from './line/words.ts';
import type { Pane } from './panes/pane.ts';
import { PANES } from './panes/registry.ts';
import type { Shell } from './shell.ts';
import type { Feed } from './store/feed.ts';
import type { ReadName } from './store/reads.ts';
import type { ViewState } from './store/state.ts';
import type { Theme } from './text/theme.ts';

export interface ViewOptions {
  readonly feed: Pick<Feed, 'store' | 'client' | 'want' | 'reconnect' | 'notice'>;
  readonly shell: Shell;
  readonly theme: Theme;
  readonly readOnly: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly panes?: readonly Pane[];
  /** The person has left. */
  onLeave(): void;
  /** The shell is asked for. */
  onSuspend(): void;
  /** The screen is to be drawn as if nothing stood there. */
  onRedraw(): void;
}

/** Where typing goes into a text, whole. */
const TYPING: ReadonlySet<UiState['mode']['kind']> = new Set(['filter', 'line', 'form']);

/** Read whatever is on the screen: the status lines and the keys need them. */
const ALWAYS: readonly ReadName[] = ['status', 'commands', 'positions', 'health'];

export class View implements Disposable {
  readonly #options: ViewOptions;
  readonly #panes: readonly Pane[];
  readonly #table: readonly Binding[];
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  readonly #errands: Errands;
  readonly #remembered = new Remembered();
  #ui: UiState;
  #pasting = false;
  #screen: readonly Region[] = [];
  #drawn: { readonly state: ViewState; readonly ui: UiState } | null = null;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#panes = options.panes ?? PANES;
    this.#table = bindings(options.readOnly);
    this.#ui = initialUi(options.columns, options.rows);
    this.#errands = new Errands({
      ...options,
      ui: () => this.#ui,
      change: (over) => this.#change(over),
      done: (tone, text) => this.#done(tone, text),
    });
    this.#stop = options.feed.store.subscribe(() => {
      // A line for what must not be overlooked takes the place of a pane; the symbol may be another one.
      this.#want();
      this.#tell();
    });
    this.#want();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly standing = (): Standing => ({
    state: this.#options.feed.store.get(),
    ui: this.#ui,
    panes: this.#panes,
  });

  /** What is on the screen: the same object for as long as nothing on it has changed. */
  readonly screen = (): readonly Region[] => {
    const standing = this.standing();
    const { state, ui } = standing;
    if (this.#drawn?.state === state && this.#drawn.ui === ui) return this.#screen;
    this.#drawn = { state, ui };
    const { theme } = this.#options;
    const next = compose({ ...standing, table: this.#table, theme, remembered: this.#remembered });
    if (!sameScreen(next, this.#screen)) this.#screen = next;
    return this.#screen;
  };

  resize(columns: number, rows: number): void {
    this.#change({ columns, rows });
  }

  press(key: Pressed): void {
    if (key.kind === 'paste') {
      this.#pasting = key.part === 'begins';
      return;
    }
    const whole = key.kind === 'key' || this.#pasting || TYPING.has(this.#ui.mode.kind);
    // Keys that were pressed fast arrive together.
    const keys: readonly Key[] = whole ? [key] : [...key.text].map((text) => ({ kind: 'text', text }));
    for (const one of keys) {
      const { readOnly } = this.#options;
      const how = { table: this.#table, pasting: this.#pasting, readOnly };
      const { change, effect } = press(this.standing(), one, how);
      if (change) this.#change(change);
      if (effect) this.#do(effect);
    }
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#errands[Symbol.dispose]();
    this.#listeners.clear();
  }

  #do(effect: Effect): void {
    const { feed, onLeave, onRedraw, onSuspend } = this.#options;
    switch (effect.kind) {
      case 'leave':
        onLeave();
        return;
      case 'redraw':
        onRedraw();
        return;
      case 'suspend':
        onSuspend();
        return;
      case 'reconnect':
        feed.reconnect();
        return;
      case 'command':
        this.#command(effect.command);
        return;
      case 'complete': {
        const { before, last } = readTyped(effect.edit.text.slice(0, effect.edit.cursor));
        void this.#errands.complete(effect.edit, [...before, last.text]);
        return;
      }
      case 'run':
        void this.#errands.run(effect.words);
        return;
      case 'end_run':
        this.#errands.endRun();
        return;
      case 'read_presets':
        void this.#errands.readPresets();
        return;
      case 'start':
        void this.#errands.start(effect.form, effect.confirmed, effect.account);
    }
  }

  #command(command: Command): void {
    const { client } = this.#options.feed;
    if (client === null) {
      this.#done('bad', 'there is no connection to the daemon: nothing was done');
      return;
    }
    this.#change({ busy: doing(command), message: null });
    carryOut(client, command).then(
      (message) => this.#done('good', message),
      (error: unknown) => this.#done('bad', refusal(error)),
    );
  }

  #done(tone: 'good' | 'bad', text: string): void {
    this.#options.feed.notice(tone, text);
    this.#change({ busy: null, message: { tone, text } });
  }

  #change(over: Partial<UiState>): void {
    const messageAt = over.message ? this.#options.feed.store.get().now : this.#ui.messageAt;
    this.#ui = { ...this.#ui, messageAt, ...over };
    this.#want();
    this.#tell();
  }

  /** Reads are asked for only for what is on the screen. */
  #want(): void {
    const standing = this.standing();
    const visible = visiblePanes(standing);
    const needs = this.#panes.filter(({ id }) => visible.includes(id)).flatMap((pane) => pane.needs);
    this.#options.feed.want(new Set([...ALWAYS, ...needs]), { symbol: symbolIn(standing) });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function sameScreen(a: readonly Region[], b: readonly Region[]): boolean {
  return a.length === b.length && a.every((region, i) => region === b[i]);
}
