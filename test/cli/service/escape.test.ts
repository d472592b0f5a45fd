import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argument, plainValue, word } from '../../../src/cli/service/escape.ts';

test('what goes into a unit stays one value of one line, whatever characters it has', () => {
  assert.equal(plainValue('50%'), '50%%');
  assert.equal(word('/a b/"c"\\d%h'), '"/a b/\\"c\\"\\\\d%%h"');
  assert.equal(argument('$HOME'), '"$$HOME"');
  for (const value of [plainValue, word, argument]) {
    assert.throws(() => value('/a\nExecStartPre=/bin/true'), /control characters/);
    assert.throws(() => value('/a\rb'), /control characters/);
  }
});
