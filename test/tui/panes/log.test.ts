import assert from 'node:assert/strict';
import { test } from 'node:test';
import { log } from '../../../src/tui/panes/log.ts';
import {
  aLog,
  aLogLine,
  answered,
  having,
  holdsItsPlace,
  linesOf,
  textDrawn,
  toneOf,
} from './reading-samples.ts';

const state = having({
  log: answered(
    aLog([
      aLogLine(),
      aLogLine({
        seq: 2,
        level: 'warn',
        component: 'venue',
        message: 'no answer in time',
        ref: null,
        detail: {},
      }),
      aLogLine({ seq: 3, level: 'error', component: 'journal', message: 'no space\u001b[2Jleft' }),
    ]),
  ),
});

test('the log is read from the bottom up, the level a word and a tone', () => {
  const lines = linesOf(log, state, { width: 90, height: 2 });
  const text = textDrawn(log, state, { width: 90, height: 2 });
  assert.match(text, /^ 13:59:58 warn {2}venue +no answer in time\n 13:59:58 error journal +no space/);
  assert.equal(toneOf(lines, 'error'), 'bad');
  assert.equal(log.summary?.(state), '3 lines, 1 error, 1 warning');
});

test('a line that was logged cannot move the cursor', () => {
  assert.ok(!textDrawn(log, state).includes('\u001b'));
});

test('a filter looks through level, component, words and what was logged with them', () => {
  assert.deepEqual(log.rows?.(state, 'by=cli warn'), []);
  assert.deepEqual(log.rows?.(state, 'ms=2.1'), ['stream:1', 'stream:3']);
  assert.equal(textDrawn(log, state, { filter: 'nothing like it' }), 'no line has that in it');
});

test('a line shows what tells it from others first, also from within objects', () => {
  const event = { type: 'trade', trade: { id: 4, symbol: 'INJUSDT', r: 1.2 } };
  const line = aLogLine({ message: 'trade', ref: null, detail: { seq: 9, session: 's-1', event } });
  const text = textDrawn(log, having({ log: answered(aLog([line])) }), { width: 90 });
  assert.match(text, /trade {2}id=4 symbol=INJUSDT r=1\.2 seq=9 session=s-1$/);
});

test('a selected line stays selected by its number, and says all there is about it', () => {
  assert.match(textDrawn(log, state, { selected: 'stream:2', height: 1 }), /^▸13:59:58 warn/);
  const detail = log.detail?.(state, 'stream:1', 60) ?? [];
  const text = detail.map((line) => line.map((span) => span.text).join('')).join('\n');
  assert.match(text, /component +control\nreference +1f2e3d4c/);
  assert.match(text, /by = cli\nms = 2\.1/);
  assert.equal(log.detail?.(state, 'stream:9', 60), null);
});

test('lines keep their place at every size', () => {
  assert.equal(textDrawn(log, having({})), 'reading…');
  assert.equal(textDrawn(log, having({ log: answered(aLog([])) })), 'nothing has been logged yet');
  holdsItsPlace(log, state, { selected: 'stream:2' });
});
