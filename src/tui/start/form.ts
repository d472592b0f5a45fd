/** The form that starts the engine. Pure: what is in it, and what a key does to it. */
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts';

export type StartParams = ParamsOf<'engine.start'>;
export type PresetEntry = ResultOf<'presets.list'>['presets'][number];

export const FIELDS = [
  'preset',
  'mode',
  'venue',
  'data',
  'from',
  'to',
  'symbols',
  'equity',
  'speed',
  'seed',
] as const;

export type Field = (typeof FIELDS)[number];
export type Stop = Field | 'start' | 'cancel';

export interface StartForm {
  readonly values: Readonly<Record<Field, string>>;
  readonly focus: Stop;
  /** null until they are read. */
  readonly presets: readonly PresetEntry[] | null;
  /** What is wrong, at the field that it is about; null for what is about none of them. */
  readonly problem: { readonly field: Field | null; readonly text: string } | null;
}

const EMPTY: StartForm['values'] = {
  preset: '',
  mode: 'paper',
  venue: 'sim',
  data: '',
  from: '',
  to: '',
  symbols: '',
  equity: '',
  speed: '',
  seed: '',
};

/** Fields with a few values to choose from. */
export const CHOICES: Readonly<Partial<Record<Field, readonly string[]>>> = {
  mode: ['paper', 'live'],
  // The exchanges that are traded live; any other that ccxt has can be typed on the command line, for paper.
  venue: ['sim', 'replay', 'bybit', 'binanceusdm'],
};

const ONLY_REPLAY: ReadonlySet<Stop> = new Set(['data', 'from', 'to']);
const ONLY_SIM: ReadonlySet<Stop> = new Set(['seed']);
const NOT_OF_EXCHANGES: ReadonlySet<Stop> = new Set<Stop>([...ONLY_REPLAY, ...ONLY_SIM, 'speed']);

/** A path may be long; nothing else is. */
const MOST_CHARACTERS = 1_000;

export function isField(name: string): name is Field {
  return FIELDS.some((field) => field === name);
}

export function newForm(given: Partial<StartForm['values']> = {}): StartForm {
  const venue = given.data === undefined ? EMPTY.venue : 'replay';
  return { values: { ...EMPTY, venue, ...given }, focus: 'preset', presets: null, problem: null };
}

/** The fields that the venue has, in order. */
export function fieldsOf({ values }: StartForm): readonly Field[] {
  const left = values.venue === 'replay' ? ONLY_SIM : values.venue === 'sim' ? ONLY_REPLAY : NOT_OF_EXCHANGES;
  return FIELDS.filter((field) => !left.has(field));
}

/** What is sent: the fields that the venue has and that are not empty. */
export function valuesOf(form: StartForm): Readonly<Record<string, string>> {
  const given = fieldsOf(form).map((field) => [field, form.values[field].trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

/** With the presets there are; the first that can be used is chosen where none was named. */
export function withPresets(form: StartForm, presets: readonly PresetEntry[]): StartForm {
  const known = form.values.preset !== '';
  const preset = known ? form.values.preset : (presets.find(({ valid }) => valid)?.name ?? '');
  return { ...form, presets, values: { ...form.values, preset } };
}

export function withProblem(form: StartForm, field: Field | null, text: string): StartForm {
  return { ...form, problem: { field, text }, focus: field ?? form.focus };
}

/** The form after a key; null where the key does nothing in it. */
export function formAfter(form: StartForm, key: string): StartForm | null {
  const { focus } = form;
  switch (key) {
    case 'tab':
      return moved(form, 1);
    case 'shift+tab':
      return moved(form, -1);
    case 'down':
      return focus === 'preset' ? chosen(form, 1) : moved(form, 1);
    case 'up':
      return focus === 'preset' ? chosen(form, -1) : moved(form, -1);
    case 'right':
      return isButton(focus) ? moved(form, 1) : chosen(form, 1);
    case 'left':
      return isButton(focus) ? moved(form, -1) : chosen(form, -1);
    case 'backspace':
      return typed(form, (text) => text.slice(0, -1));
    case 'ctrl+u':
      return typed(form, () => '');
    default:
      return [...key].length === 1 ? formWith(form, key) : null;
  }
}

/** With text typed at the focus; null where nothing can be typed. */
export function formWith(form: StartForm, text: string): StartForm | null {
  return typed(form, (before) => `${before}${text}`.slice(0, MOST_CHARACTERS));
}

function isButton(focus: Stop): focus is 'start' | 'cancel' {
  return focus === 'start' || focus === 'cancel';
}

function typed(form: StartForm, change: (text: string) => string): StartForm | null {
  const { focus, values } = form;
  if (isButton(focus) || focus === 'preset' || CHOICES[focus] !== undefined) return null;
  return { ...form, values: { ...values, [focus]: change(values[focus]) }, problem: null };
}

function moved(form: StartForm, by: number): StartForm {
  const stops: readonly Stop[] = [...fieldsOf(form), 'start', 'cancel'];
  const at = (stops.indexOf(form.focus) + by + stops.length) % stops.length;
  return { ...form, focus: stops[at] ?? 'preset' };
}

function chosen(form: StartForm, by: number): StartForm | null {
  const { focus, values, presets } = form;
  if (isButton(focus)) return null;
  if (focus === 'preset') {
    const names = presets?.map(({ name }) => name) ?? [];
    if (names.length === 0) return null;
    const at = names.indexOf(values.preset);
    const next = names[at < 0 ? 0 : Math.min(names.length - 1, Math.max(0, at + by))];
    return next === undefined ? null : { ...form, values: { ...values, preset: next }, problem: null };
  }
  const choices = CHOICES[focus];
  if (choices === undefined) return null;
  const at = choices.indexOf(values[focus]);
  const next = choices[(at + by + choices.length) % choices.length] ?? values[focus];
  return { ...form, values: { ...values, [focus]: next }, problem: null };
}
