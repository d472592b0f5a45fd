/** What follows from a key. */
import type { Command } from './commands.ts';
import type { Pressed } from './key-name.ts';
import type { UiState } from './ui-state.ts';

export type Effect =
  | { readonly kind: 'leave' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'command'; readonly command: Command };

export interface Outcome {
  readonly change?: Partial<UiState>;
  readonly effect?: Effect;
}

export type Key = Exclude<Pressed, { kind: 'paste' }>;

export const LEAVE: Outcome = { effect: { kind: 'leave' } };
