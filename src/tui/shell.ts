/** What the view has of the command line: its own code, handed in by `breakout tui`, as the view may not load it. */
import type { PresetEntry, StartParams } from './start/form.ts';

/** What may stand where the cursor is. */
export interface Offer {
  /** The whole word. */
  readonly value: string;
  readonly about: string | null;
  /** More may follow without a space. */
  readonly open: boolean;
}

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
}

export interface RunOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Of stdout and stderr, as it comes. */
  onText(text: string): void;
}

export type StartValues = Readonly<Record<string, string>>;

export interface Shell {
  /** @param words those after `breakout`, without quotes; the last is the one to complete, and may be empty. */
  complete(words: readonly string[]): Promise<readonly Offer[]>;
  /** Runs `breakout WORDS` as a process of its own, without a terminal and without colours. */
  run(words: readonly string[], options: RunOptions): Promise<Ended>;
  /** The presets that a daemon started now would have. */
  presets(): Promise<readonly PresetEntry[]>;
  /** What was typed as parameters of a start, or which of it is wrong and why. */
  startParams(values: StartValues): StartParams | Mistake;
  /** Starts a daemon in the background; resolves once it answers. */
  startDaemon(): Promise<void>;
}

export interface Mistake {
  /** null where it is not about one of them. */
  readonly field: string | null;
  readonly text: string;
}
