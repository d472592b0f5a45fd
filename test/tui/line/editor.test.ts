import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  EDITS,
  inserted,
  type LineEdit,
  lineOf,
  MOST_CHARACTERS,
  offered,
  stepped,
} from '../../../src/tui/line/editor.ts';
import { MOST_LINES, newOutput, printed } from '../../../src/tui/line/output.ts';
import { quoted, readTyped, wordsOf } from '../../../src/tui/line/words.ts';

const offer = (value: string) => ({ value, about: null, open: false });

const after = (edit: LineEdit, ...keys: string[]): LineEdit =>
  keys.reduce((one, key) => EDITS.get(key)?.(one, ['older', 'newer']) ?? inserted(one, key), edit);

test('the line is edited where the cursor is', () => {
  const edit = after(lineOf('orders'), 'home', 'right', 'x', 'left', 'backspace');
  assert.deepEqual([edit.text, edit.cursor], ['xrders', 0]);
  assert.equal(after(lineOf('logs --level error'), 'ctrl+w').text, 'logs --level ');
  assert.equal(after(lineOf('abc'), 'left', 'ctrl+k').text, 'ab');
  assert.equal(after(lineOf('abc'), 'left', 'ctrl+u').text, 'c');
});

test('older lines come back with up, and the line that was begun with down', () => {
  assert.equal(after(lineOf('dra'), 'up').text, 'newer');
  assert.equal(after(lineOf('dra'), 'up', 'up', 'up').text, 'older');
  assert.equal(after(lineOf('dra'), 'up', 'up', 'down', 'down', 'down').text, 'dra');
});

test('Tab fills in what all offers share, then goes through them; one offer is taken with a blank behind it', () => {
  const offers = [offer('positions'), offer('position-size'), offer('orders')];
  const edit = offered(lineOf('pos'), offers);
  assert.equal(edit.text, 'position');
  assert.ok(edit.menu);
  const first = stepped(edit, edit.menu, 1);
  assert.equal(first.text, 'positions');
  assert.ok(first.menu);
  assert.equal(stepped(first, first.menu, 1).text, 'position-size');
  assert.equal(offered(lineOf('or'), offers).text, 'orders ');
  assert.equal(offered(lineOf('x'), offers).said, 'nothing fits here');
  const named = offered(lineOf('pause --reason '), [offer("it's two words")]);
  assert.deepEqual(wordsOf(named.text), ['pause', '--reason', "it's two words"]);
});

test('what stands behind the cursor stays behind what is completed', () => {
  const edit = offered({ ...lineOf('clo BTCUSDT'), cursor: 3 }, [offer('close')]);
  assert.deepEqual([edit.text, edit.cursor], ['close BTCUSDT', 5]);
});

test('any word comes through quoting as it was, and a quote that is open is no line to run', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 5 }), (words) => {
      assert.deepEqual(wordsOf(words.map(quoted).join(' ')), words);
    }),
  );
  assert.equal(wordsOf('reset --reason "all good'), null);
  assert.deepEqual(readTyped('close "B').last, { text: 'B', from: 6 });
});

test('no line grows without bound', () => {
  const full = inserted(lineOf(''), 'x'.repeat(MOST_CHARACTERS));
  assert.equal(inserted(full, 'y').text, full.text);
  assert.equal(inserted(full, 'y').said, 'the line is too long');
});

test('output in pieces is the lines that were printed, without codes, the newest where there are too many', () => {
  const whole = ['ab', '\u001b[1mc\u001b[22m\n', 'd\r\n\n', 'e'].reduce(printed, newOutput(1, 'x'));
  assert.deepEqual(whole.lines, ['abc', 'd', '', 'e']);
  const many = printed(newOutput(1, 'x'), 'line\n'.repeat(MOST_LINES + 5));
  assert.deepEqual([many.lines.length, many.dropped], [MOST_LINES, 5]);
});
