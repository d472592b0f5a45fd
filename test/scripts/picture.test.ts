import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { pictureOf } from '../../scripts/terminal/svg.ts';

const PICTURES = new URL('../../scripts/pictures/', import.meta.url);
const OPTIONS = { columns: 20, rows: 3, title: 'a <title>' };

test('the picture has the words of the screen at their cells, in their colours, with nothing of them as markup', () => {
  const picture = pictureOf('\u001b[31mlost <1>\u001b[39m  &\n\u001b[1mb\n', OPTIONS);
  assert.match(picture, /<title>a &lt;title&gt;<\/title>/);
  assert.match(picture, /<tspan x="12" textLength="64" [^>]*fill="#ff7b72">lost &lt;1&gt;<\/tspan>/);
  assert.match(picture, /<tspan x="92">&amp;<\/tspan>/);
  assert.match(picture, /<tspan x="12" font-weight="bold">b<\/tspan>/);
  assert.equal(picture, pictureOf('\u001b[31mlost <1>\u001b[39m  &\n\u001b[1mb\n', OPTIONS));
});

test('a selected line is dark on light in the picture, over all its cells', () => {
  const picture = pictureOf('a\u001b[7m on  \u001b[27mb', OPTIONS);
  assert.match(picture, /<rect x="20" y="12" width="40" height="17" fill="#d6d9de"\/>/);
  assert.match(picture, /<tspan x="28"[^>]* fill="#0d1117">on<\/tspan>/);
});

test('a code that the picture cannot show ends it, and does not give a wrong picture', () => {
  assert.throws(() => pictureOf('\u001b[5mblink', OPTIONS), /no code 5/);
  assert.throws(() => pictureOf('\u001b[2Jgone', OPTIONS), /no colour/);
  assert.throws(() => pictureOf('x'.repeat(21), OPTIONS), /too wide/);
});

test('the recording on file is asciicast v2 of twenty seconds, in order, and as small as it has to be', () => {
  const recording = new URL('tui.cast', PICTURES);
  assert.ok(statSync(recording).size < 1_500_000);
  assert.ok(statSync(new URL('tui.svg', PICTURES)).size < 150_000);
  const [header, ...events] = readFileSync(recording, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([header.version, header.width, header.height], [2, 120, 40]);
  let before = 0;
  for (const [at, kind, data] of events) {
    assert.ok(at >= before && at <= 20, `${at} after ${before}`);
    assert.deepEqual([kind, typeof data], ['o', 'string']);
    before = at;
  }
  assert.ok(before > 15);
});
