/** The line that is typed after `:`: text with a cursor, what was typed before, and what Tab offers. Pure. */
import type { Offer } from '../shell.ts';
import { quoted, readTyped } from './words.ts';

export interface Menu {
  readonly offers: readonly Offer[];
  /** null: none of them stands in the line yet. */
  readonly at: number | null;
  /** Of the word that they stand for. */
  readonly from: number;
  /** What stands behind the cursor. */
  readonly tail: string;
}

export interface LineEdit {
  readonly text: string;
  readonly cursor: number;
  /** How far back in what was typed before; 0 for the line itself. */
  readonly back: number;
  /** The line itself, while an older one is shown. */
  readonly draft: string;
  readonly menu: Menu | null;
  /** What is wrong with it. */
  readonly said: string | null;
}

/** Longest line that is taken. */
export const MOST_CHARACTERS = 1_000;

/** How many lines are remembered. */
export const MOST_HISTORY = 100;

export function lineOf(text: string): LineEdit {
  return { text, cursor: text.length, back: 0, draft: '', menu: null, said: null };
}

export function inserted(edit: LineEdit, typed: string): LineEdit {
  const { text, cursor } = edit;
  if (text.length + typed.length > MOST_CHARACTERS) return { ...edit, said: 'the line is too long' };
  return replaced(edit, text.slice(0, cursor) + typed + text.slice(cursor), cursor + typed.length);
}

function replaced(edit: LineEdit, text: string, cursor: number): LineEdit {
  return { ...edit, text, cursor, menu: null, said: null };
}

const before = ({ text, cursor }: LineEdit): string => text.slice(0, cursor);
const after = ({ text, cursor }: LineEdit): string => text.slice(cursor);

type Edit = (edit: LineEdit, history: readonly string[]) => LineEdit;

/** What the keys of a line do; the others type or end it. */
export const EDITS: ReadonlyMap<string, Edit> = new Map<string, Edit>([
  ['left', (edit) => replaced(edit, edit.text, Math.max(0, edit.cursor - 1))],
  ['right', (edit) => replaced(edit, edit.text, Math.min(edit.text.length, edit.cursor + 1))],
  ['home', (edit) => replaced(edit, edit.text, 0)],
  ['ctrl+a', (edit) => replaced(edit, edit.text, 0)],
  ['end', (edit) => replaced(edit, edit.text, edit.text.length)],
  ['ctrl+e', (edit) => replaced(edit, edit.text, edit.text.length)],
  ['backspace', (edit) => without(edit, Math.max(0, edit.cursor - 1))],
  ['ctrl+w', (edit) => without(edit, before(edit).replace(/\S+ *$/, '').length)],
  ['ctrl+u', (edit) => without(edit, 0)],
  ['ctrl+k', (edit) => replaced(edit, before(edit), edit.cursor)],
  ['up', (edit, history) => recalled(edit, history, edit.back + 1)],
  ['down', (edit, history) => recalled(edit, history, edit.back - 1)],
]);

/** Without what stands from `from` to the cursor. */
function without(edit: LineEdit, from: number): LineEdit {
  return replaced(edit, edit.text.slice(0, from) + after(edit), from);
}

function recalled(edit: LineEdit, history: readonly string[], back: number): LineEdit {
  if (back < 0 || back > history.length) return edit;
  const draft = edit.back === 0 ? edit.text : edit.draft;
  const text = back === 0 ? draft : (history[history.length - back] ?? '');
  return { ...lineOf(text), back, draft };
}

/** With what is offered for the word at the cursor: as much of it as all offers share, then a list to go through. */
export function offered(edit: LineEdit, offers: readonly Offer[]): LineEdit {
  const { last } = readTyped(before(edit));
  const fitting = narrowed(offers, last.text);
  const [only] = fitting;
  if (only === undefined) return { ...edit, menu: null, said: 'nothing fits here' };
  if (fitting.length === 1) return withWord(edit, last.from, only.value, after(edit), !only.open);
  const shared = sharedStart(fitting.map(({ value }) => value));
  const longer = shared.length > last.text.length ? shared : last.text;
  const there = withWord(edit, last.from, longer, after(edit), false);
  return { ...there, menu: { offers: fitting, at: null, from: last.from, tail: after(edit) } };
}

/** The next of the list, or the one before, in the line. */
export function stepped(edit: LineEdit, menu: Menu, by: number): LineEdit {
  const count = menu.offers.length;
  const at = menu.at === null ? (by > 0 ? 0 : count - 1) : (menu.at + by + count) % count;
  const offer = menu.offers[at];
  if (offer === undefined) return edit;
  return { ...withWord(edit, menu.from, offer.value, menu.tail, false), menu: { ...menu, at } };
}

function withWord(edit: LineEdit, from: number, word: string, tail: string, done: boolean): LineEdit {
  const head = edit.text.slice(0, from) + quoted(word) + (done && !tail.startsWith(' ') ? ' ' : '');
  return replaced(edit, head + tail, head.length);
}

/** What begins as typed; where nothing does, without regard to case. */
function narrowed(offers: readonly Offer[], typed: string): readonly Offer[] {
  const exact = offers.filter(({ value }) => value.startsWith(typed));
  if (exact.length > 0) return exact;
  return offers.filter(({ value }) => value.toLowerCase().startsWith(typed.toLowerCase()));
}

function sharedStart(values: readonly string[]): string {
  const [first = '', ...rest] = values;
  let length = first.length;
  for (const value of rest) while (!value.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
