/** What is to be done beyond the screen. */
import type { LineEdit } from '../line/editor.ts';
import type { StartForm } from '../start/form.ts';
import type { Command } from './commands.ts';

export type Effect =
  | { readonly kind: 'leave' }
  | { readonly kind: 'redraw' }
  /** Into the background of the shell, until it is fetched back. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'command'; readonly command: Command }
  /** What fits at the cursor is to be found. */
  | { readonly kind: 'complete'; readonly edit: LineEdit }
  /** A command of the command line is to be run as a process, and what it prints shown. */
  | { readonly kind: 'run'; readonly words: readonly string[] }
  /** The process whose output is shown is to end. */
  | { readonly kind: 'end_run' }
  /** The presets are to be read into the form. */
  | { readonly kind: 'read_presets' }
  /** The form is to be sent. */
  | {
      readonly kind: 'start';
      readonly form: StartForm;
      readonly confirmed: boolean;
      readonly account?: string;
    };
