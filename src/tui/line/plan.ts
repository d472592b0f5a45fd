/**
 * What a line typed after `:` means. What changes trading goes over the connection of the view, with the questions that
 * the keys ask; what only reads runs as a process whose output is shown; whatever else there is asks first. A view that
 * was opened to look does nothing but look.
 */
import { runDialog } from '../keys/dialogs.ts';
import { LEAVE, type Outcome } from '../keys/outcome.ts';
import type { ViewState } from '../store/state.ts';
import { act, acts } from './acting.ts';
import { wordsOf } from './words.ts';

/** Commands that change nothing, alone or with these as their first argument. */
const READING: ReadonlyMap<string, readonly string[] | 'all'> = new Map<string, readonly string[] | 'all'>([
  ...[
    ...['status', 'metrics', 'health', 'commands', 'transitions', 'positions', 'trades', 'orders', 'levels'],
    ...['candles', 'candidates', 'account', 'explain', 'diagnostics', 'events', 'sessions', 'signals'],
    ...['equity', 'presets', 'config', 'doctor', 'completion', 'man', 'help', 'backtest', 'replay', 'db'],
  ].map((name) => [name, 'all'] as const),
  ['daemon', ['status']],
  ['service', ['print']],
]);

/** What cannot be done from inside the view. */
const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['tui', 'this is the view already'],
  ['daemon run', 'it stays in the foreground: run it in a shell, or start one with `daemon start`'],
]);

const HELP = ['--help', '-h', '--version'];

/** @returns what follows, or in words why nothing does. */
export function planned(
  line: string,
  state: ViewState,
  { readOnly }: { readonly readOnly: boolean },
): Outcome | string {
  const words = wordsOf(line.trim());
  if (words === null) return 'a quote is not closed';
  const [name, ...rest] = words[0] === 'breakout' ? words.slice(1) : words;
  if (name === undefined) return 'type a command; Tab shows what there is';
  if (name === 'q' || name === 'quit') return LEAVE;
  const all = [name, ...rest];
  if (HELP.some((flag) => all.includes(flag))) return running(all);
  if (name.startsWith('-')) return 'begin with the command: this view belongs to one daemon';
  const outside = OUTSIDE.get(name) ?? OUTSIDE.get(`${name} ${rest[0] ?? ''}`);
  if (outside !== undefined) return `${name}: ${outside}`;
  if (reads(name, rest)) return running(all);
  if (readOnly) return `this view is read-only: ${name} could change something (open it without --read-only)`;
  if (acts(name)) return act(name, rest, state);
  return { change: { mode: { kind: 'dialog', dialog: runDialog(state, all) } } };
}

function running(words: readonly string[]): Outcome {
  return { effect: { kind: 'run', words } };
}

function reads(name: string, rest: readonly string[]): boolean {
  // Setting a level is the one thing that it changes.
  if (name === 'rpc') return rest.length === 0;
  if (name === 'logs') return !rest.some((word) => /^--(set-level|for)(=|$)/.test(word));
  // On the screen it changes nothing; a file may be written over.
  if (name === 'export') return !rest.some((word) => /^--out(=|$)/.test(word));
  // Listed it changes nothing; a decision does.
  if (name === 'reconcile') return !rest.some((word) => /^--(adopt|ignore)(=|$)/.test(word));
  const known = READING.get(name);
  return known === 'all' || (known?.includes(rest[0] ?? '') ?? false);
}
