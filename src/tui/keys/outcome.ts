/** What follows from a key. */
import type { Effect } from './effect.ts';
import type { Pressed } from './key-name.ts';
import type { UiState } from './ui-state.ts';

export interface Outcome {
  readonly change?: Partial<UiState>;
  readonly effect?: Effect;
}

export type Key = Exclude<Pressed, { kind: 'paste' }>;

/** Why nothing follows. */
export function said(text: string): Outcome {
  return { change: { message: { tone: 'warn', text } } };
}

export const SUSPEND: Outcome = { effect: { kind: 'suspend' } };

export const LEAVE: Outcome = { effect: { kind: 'leave' } };
