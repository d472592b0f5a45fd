/** The start form, and the offer of it where nothing runs. */
import { CHOICES, type Field, fieldsOf, type PresetEntry, type StartForm, type Stop } from '../start/form.ts';
import type { ViewState } from '../store/state.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { EMPTY, type Line, line, plain, type Span, span, wrapped } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import { type Area, boxed, type Overlay } from './overlay.ts';

const LABEL_WIDTH = 9;

/** Presets that are shown at a time: on a screen of 24 rows the form must fit with a problem in it. */
const PRESET_ROWS = 3;
const PRESET_ROWS_TALL = 8;
const TALL = 30;

const MOST_WIDTH = 90;

/** What an empty field means. */
const WHEN_EMPTY: Readonly<Partial<Record<Field, string>>> = {
  data: 'folder of SYMBOL-TIMEFRAME.csv[.gz]',
  from: 'from the beginning',
  to: 'to the end',
  symbols: 'all of the venue',
  equity: '10000',
  speed: 'sim 3600, replay 1200; 0 = as fast as it goes',
  seed: '1',
};

const MEANING: Readonly<Record<string, string>> = {
  paper: 'no real money',
  live: 'REAL MONEY: asks once more',
  sim: 'a generated market',
  replay: 'recorded candles',
  bybit: 'the exchange',
  binanceusdm: 'the exchange',
};

export function formOverlay(form: StartForm, state: ViewState, area: Area, glyphs: Glyphs): Overlay {
  const width = Math.min(MOST_WIDTH, area.width - 6);
  const { connection } = state;
  const where =
    connection.phase === 'live'
      ? `on the daemon of instance ${connection.daemon.instance}`
      : 'no daemon runs: one is started first';
  const content: Line[] = [line(span('dim', plain(where)))];
  for (const field of fieldsOf(form)) {
    content.push(
      ...(field === 'preset'
        ? presetLines(form, area.height >= TALL ? PRESET_ROWS_TALL : PRESET_ROWS, glyphs)
        : [fieldLine(form, field, glyphs)]),
    );
    if (form.problem?.field === field) content.push(...problemLines(form.problem.text, width));
  }
  if (form.problem !== null && form.problem.field === null)
    content.push(...problemLines(form.problem.text, width));
  content.push(
    EMPTY,
    [button(form, 'start', 'Start', glyphs), span('plain', '  '), button(form, 'cancel', 'Cancel', glyphs)],
    line(span('dim', hint(form.focus))),
  );
  return boxed(
    'Start the engine',
    content.map((one) => widened(one, width)),
    0,
    area,
    glyphs,
  );
}

/** The box is as wide as there is room, so that it stands still while it is filled in. */
function widened(of: Line, width: number): Line {
  const used = of.reduce((sum, { text }) => sum + text.length, 0);
  return used >= width ? of : [...of, span('plain', ' '.repeat(width - used))];
}

function problemLines(text: string, width: number): Line[] {
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  return wrapped(text, width - indent.length)
    .slice(0, 3)
    .map((part) => line(indent, span('bad', part)));
}

function label(form: StartForm, field: Field, glyphs: Glyphs): Line {
  const here = form.focus === field;
  return line(
    span('accent', here ? `${glyphs.pointer} ` : '  '),
    span(here ? 'accent' : 'dim', field.padEnd(LABEL_WIDTH)),
  );
}

function fieldLine(form: StartForm, field: Field, glyphs: Glyphs): Line {
  const value = form.values[field];
  const here = form.focus === field;
  const choices = CHOICES[field];
  if (choices !== undefined) {
    const shown = choices.includes(value) ? choices : [...choices, value];
    const words: Span[] = shown.flatMap((choice) => [
      span(
        choice === value ? (here ? 'selected' : 'strong') : 'dim',
        choice === value ? `[${choice}]` : ` ${choice} `,
      ),
      span('plain', ' '),
    ]);
    const means = MEANING[value] ?? '';
    return [...label(form, field, glyphs), ...words, span(value === 'live' ? 'alarm' : 'dim', ` ${means} `)];
  }
  const cursor = here ? [span('selected', ' ')] : [];
  const empty = value === '' ? [span('dim', ` ${WHEN_EMPTY[field] ?? ''}`)] : [];
  return [...label(form, field, glyphs), span('strong', plain(value)), ...cursor, ...empty];
}

function presetLines(form: StartForm, most: number, glyphs: Glyphs): Line[] {
  const { presets, values } = form;
  const head = label(form, 'preset', glyphs);
  if (presets === null) return [[...head, span('dim', 'reading the presets…')]];
  if (presets.length === 0) return [[...head, span('warn', 'there are no presets')]];
  const at = presets.findIndex(({ name }) => name === values.preset);
  const { from, to } = windowOf(presets.length, at, most, false);
  const names = Math.min(
    30,
    presets.reduce((most, { name }) => Math.max(most, name.length), 0),
  );
  const rows = presets.slice(from, to).map((preset, i): Line => {
    const start = i === 0 ? head : line(' '.repeat(LABEL_WIDTH + 2));
    const chosen = from + i === at;
    const tone = chosen ? (form.focus === 'preset' ? 'selected' : 'strong') : 'plain';
    const name = plain(preset.name).slice(0, names).padEnd(names);
    return [...start, span('accent', chosen ? glyphs.pointer : ' '), span(tone, name), ...about(preset)];
  });
  const unknown =
    at < 0 && values.preset !== ''
      ? [line(' '.repeat(LABEL_WIDTH + 2), span('warn', plain(`"${values.preset}" is none of them`)))]
      : [];
  const more =
    unknown.length === 0 && presets.length > most
      ? [line(' '.repeat(LABEL_WIDTH + 3), span('dim', `${from + 1}-${to} of ${presets.length}`))]
      : [];
  return [...rows, ...unknown, ...more];
}

function about({ valid, description, problems }: PresetEntry): Line {
  if (valid) return line(span('dim', `  ${plain(description ?? '')}`));
  return line('  ', span('bad', 'BROKEN'), span('dim', ` ${plain(problems[0] ?? '')}`));
}

function button(form: StartForm, stop: Stop, text: string, glyphs: Glyphs): Span {
  const here = form.focus === stop;
  return span(here ? 'selected' : 'plain', `${here ? glyphs.pointer : ' '} ${text} `);
}

function hint(focus: Stop): string {
  if (focus === 'preset') return 'up and down choose, tab goes on, esc closes';
  if (focus === 'mode' || focus === 'venue') return 'left and right choose, tab goes on, esc closes';
  if (focus === 'start' || focus === 'cancel') return 'enter does it, esc closes';
  return 'type it, tab goes on, esc closes';
}

/** Said in the middle of a screen that has nothing to show, where this view could start it. */
export function offerOverlay(state: ViewState, key: string, area: Area, glyphs: Glyphs): Overlay | null {
  const { connection, status } = state;
  const next = line(
    'Press ',
    span('accent', key),
    connection.phase === 'live'
      ? ' to start it: a form asks for the preset.'
      : ' to start one, with a preset of the list.',
  );
  if (connection.phase !== 'live') {
    if (connection.failure?.kind !== 'no_daemon' || status !== null) return null;
    return boxed('No daemon is running', [line('Nothing trades here.'), next], 0, area, glyphs);
  }
  if (status === null || status.state !== 'IDLE' || status.preset !== null) return null;
  return boxed(
    'The engine is idle',
    [line('The daemon runs, and nothing is traded.'), next],
    0,
    area,
    glyphs,
  );
}
