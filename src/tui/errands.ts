/**
 * What the view has done for it outside of the screen and of its own connection: completion, commands of the command
 * line as processes, a daemon that is started. Each errand ends in a change of the screen, and with the view.
 */
import { wrapped } from '../cli/format.ts';
import { RpcError } from '../protocol/errors.ts';
import type { ResultOf } from '../protocol/methods.ts';
import { refusal } from './keys/commands.ts';
import { accountDialog, liveDialog } from './keys/dialogs.ts';
import type { UiState } from './keys/ui-state.ts';
import { type LineEdit, offered } from './line/editor.ts';
import { newOutput, type Output, printed } from './line/output.ts';
import type { Mistake, Shell } from './shell.ts';
import {
  isField,
  type StartForm,
  type StartParams,
  valuesOf,
  withPresets,
  withProblem,
} from './start/form.ts';
import { fieldOf } from './start/mistakes.ts';
import type { Feed } from './store/feed.ts';
import { plain } from './text/line.ts';

export interface ErrandsOptions {
  readonly shell: Shell;
  readonly feed: Pick<Feed, 'store' | 'client' | 'reconnect' | 'notice'>;
  ui(): UiState;
  change(over: Partial<UiState>): void;
  /** What became of it, for the last line and the event log. */
  done(tone: 'good' | 'bad', text: string): void;
}

/** Output is shown at this pace. */
const SHOW_EVERY_MS = 100;

/** What the frame of a box, and the room beside it, take of a line. */
const BOX_CELLS = 6;

/** A daemon that has just been started answers at once; this is for a machine that is busy. */
const CONNECTED_WITHIN_MS = 20_000;

/** Reading a large folder of candles takes its time before the engine is scanning. */
const START_PATIENCE_MS = 10 * 60_000;

export class Errands implements Disposable {
  readonly #options: ErrandsOptions;
  readonly #end = new AbortController();
  #run: AbortController | null = null;
  #runs = 0;
  #showing: NodeJS.Timeout | null = null;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  /** Puts what fits at the cursor into the line, where nothing has been typed meanwhile. */
  async complete(edit: LineEdit, words: readonly string[]): Promise<void> {
    const { shell, ui, change } = this.#options;
    const next = await shell.complete(words).then(
      (offers) => offered(edit, offers),
      (error: unknown) => ({ ...edit, said: `nothing can be offered: ${wordsOf(error)}` }),
    );
    const { mode } = ui();
    if (mode.kind === 'line' && mode.edit === edit) change({ mode: { kind: 'line', edit: next } });
  }

  /** Runs a command as a process and shows what it prints for as long as that is looked at. */
  async run(words: readonly string[]): Promise<void> {
    const { shell, change } = this.#options;
    this.endRun();
    const run = new AbortController();
    this.#run = run;
    this.#runs += 1;
    const id = this.#runs;
    change({ mode: { kind: 'output', output: newOutput(id, `breakout ${words.join(' ')}`) } });
    let pending = '';
    const show = (over: Partial<Output> = {}): void => {
      const { mode } = this.#options.ui();
      if (mode.kind !== 'output' || mode.output.id !== id) return;
      const output = { ...printed(mode.output, pending), ...over };
      pending = '';
      change({ mode: { kind: 'output', output } });
    };
    const onText = (text: string): void => {
      pending += text;
      this.#showing ??= setTimeout(() => {
        this.#showing = null;
        show();
      }, SHOW_EVERY_MS);
    };
    const how = await shell.run(words, { signal: run.signal, onText }).then(
      ({ code }) => (code === null ? 'ended' : code === 0 ? 'done' : `exit code ${code}`),
      (error: unknown) => `it could not be run: ${wordsOf(error)}`,
    );
    if (this.#run === run) {
      this.#run = null;
      this.#hold();
    }
    show({ ended: how });
  }

  endRun(): void {
    this.#run?.abort();
    this.#run = null;
    this.#hold();
  }

  #hold(): void {
    if (this.#showing !== null) clearTimeout(this.#showing);
    this.#showing = null;
  }

  async readPresets(): Promise<void> {
    const { shell, feed } = this.#options;
    const read =
      feed.client === null ? shell.presets() : feed.client.call('presets.list').then((got) => got.presets);
    await read.then(
      (presets) => this.#form((form) => withPresets(form, presets)),
      (error: unknown) =>
        this.#form((form) =>
          withProblem(withPresets(form, []), 'preset', `they cannot be read: ${wordsOf(error)}`),
        ),
    );
  }

  /** Changes the form, where it is still open. */
  #form(next: (form: StartForm) => StartForm): void {
    const { mode } = this.#options.ui();
    if (mode.kind === 'form') this.#options.change({ mode: { kind: 'form', form: next(mode.form) } });
  }

  /** Sends the form; real money asks first. What is wrong opens it again, at the field. */
  async start(form: StartForm, confirmed: boolean, account?: string): Promise<void> {
    const { shell, feed, change, done } = this.#options;
    const values = valuesOf(form);
    const params = startable(form) ?? shell.startParams(values);
    if ('text' in params) return this.#wrong(form, params);
    if (params.mode === 'live' && !confirmed) {
      change({ mode: { kind: 'dialog', dialog: liveDialog(feed.store.get(), form) } });
      return;
    }
    try {
      change({ mode: { kind: 'normal' }, message: null, busy: `starting ${params.preset}` });
      const started = await this.#started(account === undefined ? params : { ...params, confirm: account });
      done('good', started.message);
      this.#warn(params.preset, started.message, started.warnings ?? []);
    } catch (error) {
      if (error instanceof RpcError) {
        change({ busy: null });
        const { account: named } = error.data;
        if (named !== undefined && named !== account) {
          change({ mode: { kind: 'dialog', dialog: accountDialog(form, named, error.message) } });
          return;
        }
        const field = fieldOf(error);
        // What is about a field is mended there; for the rest the daemon says how.
        return this.#wrong(form, { field, text: field === null ? refusal(error) : error.message });
      }
      done('bad', error instanceof StartFailed ? error.message : refusal(error));
    }
  }

  /** What is not as it should be stays in the event log, and stands over the panes until it has been read. */
  #warn(preset: string, message: string, warnings: readonly string[]): void {
    if (warnings.length === 0) return;
    const { feed, ui, change } = this.#options;
    for (const warning of warnings) feed.notice('warn', warning);
    const { mode, columns } = ui();
    // Whoever is in the middle of something else is not interrupted.
    if (mode.kind !== 'normal') return;
    this.#runs += 1;
    const said = [message, ...warnings.map((warning) => `warning: ${warning}`)];
    const text = said.flatMap((line) => wrapped(plain(line), columns - BOX_CELLS)).join('\n');
    const output = printed(newOutput(this.#runs, `start ${preset}`), `${text}\n`);
    change({ mode: { kind: 'output', output: { ...output, ended: 'with warnings: esc closes' } } });
  }

  async #started(params: StartParams): Promise<ResultOf<'engine.start'>> {
    const { shell, feed, change } = this.#options;
    if (feed.client === null) {
      change({ busy: 'starting a daemon' });
      await shell.startDaemon().catch((error: unknown) => {
        throw new StartFailed(wordsOf(error), { cause: error });
      });
      feed.reconnect();
      await this.#connected();
      change({ busy: `starting ${params.preset}` });
    }
    const { client } = feed;
    if (client === null) throw new StartFailed('the daemon was started and does not answer');
    return client.call('engine.start', params, { timeoutMs: START_PATIENCE_MS });
  }

  /** Once the view is connected, or the time for it is over. */
  async #connected(): Promise<void> {
    const { feed } = this.#options;
    const { signal } = this.#end;
    const live = (): boolean => feed.client !== null && feed.store.get().connection.phase === 'live';
    if (live()) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        stop();
        signal.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, CONNECTED_WITHIN_MS);
      const stop = feed.store.subscribe(() => live() && settle());
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  #wrong(form: StartForm, { field, text }: Mistake): void {
    const { ui, change, done } = this.#options;
    const { kind } = ui().mode;
    const at = field !== null && isField(field) ? field : null;
    if (kind === 'normal' || kind === 'form')
      change({ mode: { kind: 'form', form: withProblem(form, at, text) } });
    else done('bad', `not started: ${text}`);
  }

  [Symbol.dispose](): void {
    this.endRun();
    this.#end.abort();
  }
}

/** What no attempt is needed to know. */
function startable({ values, presets }: StartForm): Mistake | null {
  if (values.preset === '') return { field: 'preset', text: 'choose one' };
  const preset = presets?.find(({ name }) => name === values.preset);
  if (preset === undefined || preset.valid) return null;
  return { field: 'preset', text: `it is broken: ${preset.problems.join('; ')}` };
}

class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
