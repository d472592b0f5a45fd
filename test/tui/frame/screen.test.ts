import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import type { Region } from '../../../src/tui/frame/region.ts';
import { Screen } from '../../../src/tui/frame/screen.ts';
import { type Line, span, type Tone } from '../../../src/tui/text/line.ts';
import { themeOf } from '../../../src/tui/text/theme.ts';
import { onEnd } from '../../daemon/support.ts';

const COLUMNS = 24;
const ROWS = 9;

const theme = themeOf({ color: true, ascii: false });

const TONES: readonly Tone[] = [
  'plain',
  'dim',
  'strong',
  'good',
  'bad',
  'warn',
  'accent',
  'selected',
  'alarm',
];

/** A terminal emulator that counts what is written to it. */
class Written {
  readonly emulator = new xterm.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    allowProposedApi: true,
    scrollback: 0,
  });
  readonly writes: string[] = [];

  write(text: string): void {
    this.writes.push(text);
    this.emulator.write(text);
  }

  /** Every cell as it is seen: its character and its look. */
  async cells(): Promise<string[]> {
    await new Promise<void>((resolve) => this.emulator.write('', resolve));
    const { active } = this.emulator.buffer;
    return Array.from({ length: ROWS * COLUMNS }, (_, i) => {
      const cell = active.getLine(Math.floor(i / COLUMNS))?.getCell(i % COLUMNS);
      assert.ok(cell);
      const background = cell.isBgDefault() ? -1 : cell.getBgColor();
      const shown = cell.getChars() === '' ? ' ' : cell.getChars();
      const blank = shown === ' ' && !cell.isInverse() && background === -1;
      const look = [cell.isBold(), cell.isDim(), cell.isInverse(), cell.getFgColor(), background];
      return blank ? ' ' : `${shown} ${look.join(' ')}`;
    });
  }
}

function emulated(t: TestContext): { readonly screen: Screen; readonly terminal: Written } {
  const terminal = new Written();
  onEnd(t, () => terminal.emulator.dispose());
  return { terminal, screen: new Screen(terminal, () => ({ columns: COLUMNS, rows: ROWS })) };
}

function regionOf(id: string, y: number, lines: readonly Line[], x = 0, width = COLUMNS): Region {
  const text = lines.map((line) => theme.paint(line)).join('\n');
  return { id, rect: { x, y, width, height: lines.length }, text };
}

const aSpan = fc
  .tuple(
    fc.constantFrom(...TONES),
    fc.string({ unit: fc.constantFrom(' ', ' ', 'a', '1', '█', '…'), maxLength: 7 }),
  )
  .map(([tone, text]) => span(tone, text));

const aRegion = fc
  .record({
    x: fc.integer({ min: 0, max: COLUMNS - 1 }),
    y: fc.integer({ min: 0, max: ROWS }),
    width: fc.integer({ min: 1, max: COLUMNS }),
    lines: fc.array(fc.array(aSpan, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ x, y, width, lines }) => regionOf('pane', y, lines, x, width));

test('whatever stood on the screen before, a trader sees the same as on a screen drawn anew', async (t) => {
  const { screen, terminal } = emulated(t);
  await fc.assert(
    fc.asyncProperty(fc.array(aRegion, { maxLength: 4 }), async (regions) => {
      screen.draw(regions);
      const anew = new Written();
      new Screen(anew, () => ({ columns: COLUMNS, rows: ROWS })).draw(regions);
      assert.deepEqual(await terminal.cells(), await anew.cells());
      anew.emulator.dispose();
    }),
    { numRuns: 200 },
  );
});

test('each character stands at its place in the look of its tone', async (t) => {
  const { screen, terminal } = emulated(t);
  screen.draw([
    regionOf('pane', 1, [[span('bad', '-1'), span('plain', ' x '), span('alarm', 'NO STOP')]], 2),
  ]);
  const row = (await terminal.cells()).slice(COLUMNS, 2 * COLUMNS);
  const red = (text: string): string => `${text} 0 0 0 1 -1`;
  assert.deepEqual(row.slice(0, 7), [' ', ' ', red('-'), red('1'), ' ', 'x 0 0 0 -1 -1', ' ']);
  assert.match(row[7] ?? '', /^N \d+ 0 0 7 1$/);
  // The blank between the two words has the colour of the badge.
  assert.match(row[9] ?? '', /^ {2}\d+ 0 0 7 1$/);
});

test('a screen on which nothing has changed writes nothing', (t) => {
  const { screen, terminal } = emulated(t);
  const one = regionOf('one', 0, [[span('good', '+1.25 R')]]);
  screen.draw([one]);
  assert.equal(terminal.writes.length, 1);
  screen.draw([one]);
  screen.draw([regionOf('one', 0, [[span('good', '+1.25 R')]])]);
  assert.equal(terminal.writes.length, 1);
});

test('a figure that has changed is written alone, not its line', async (t) => {
  const { screen, terminal } = emulated(t);
  const line = (r: string): Region => regionOf('one', 0, [[span('strong', 'SOLUSDT  '), span('good', r)]]);
  screen.draw([line('+1.25 R')]);
  screen.draw([line('+1.27 R')]);
  assert.equal(terminal.writes[1], '\u001b[?2026h\u001b[1;14H\u001b[32m7\u001b[m\u001b[?2026l');
  const shown = (await terminal.cells()).slice(0, 16).map((cell) => cell[0]);
  assert.equal(shown.join(''), 'SOLUSDT  +1.27 R');
});

test('what a redraw is asked for stands there again, whatever a program has written over it', async (t) => {
  const { screen, terminal } = emulated(t);
  screen.draw([regionOf('one', 0, [[span('good', '+1.25 R')]])]);
  const before = await terminal.cells();
  terminal.write('\u001b[H\u001b[31mSomething else altogether\r\n');
  screen.redraw();
  assert.deepEqual(await terminal.cells(), before);
});

test('a control character that got as far as the screen takes a cell, and moves nothing', async (t) => {
  const { screen, terminal } = emulated(t);
  screen.draw([regionOf('one', 0, [[span('plain', 'a\r\u001b[2Jb\u001b')], [span('good', 'below')]])]);
  const cells = await terminal.cells();
  const row = (at: number): string =>
    cells
      .slice(at * COLUMNS, (at + 1) * COLUMNS)
      .map((cell) => cell[0])
      .join('');
  assert.equal(row(0).trimEnd(), 'a??[2Jb?');
  assert.equal(row(1).trimEnd(), 'below');
});

test('codes are taken together or one by one, and what only begins like one is text', async (t) => {
  const { screen, terminal } = emulated(t);
  const text = 'a\u001b[1;31mb\u001b[22mc\u001b[md\u001b[3;e\u001b[3';
  screen.draw([{ id: 'one', rect: { x: 0, y: 0, width: COLUMNS, height: 1 }, text }]);
  const [a, b, c, ...rest] = await terminal.cells();
  assert.equal(a, 'a 0 0 0 -1 -1');
  assert.match(b ?? '', /^b [1-9]\d* 0 0 1 -1$/);
  assert.equal(c, 'c 0 0 0 1 -1');
  assert.deepEqual(
    rest.slice(0, 10),
    [...'d?[3;e?[3'].map((character) => `${character} 0 0 0 -1 -1`).concat(' '),
  );
});
