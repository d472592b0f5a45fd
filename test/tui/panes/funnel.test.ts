import assert from 'node:assert/strict';
import { test } from 'node:test';
import { funnel } from '../../../src/tui/panes/funnel.ts';
import { aDiagnosis, anExplanation, answered, having, holdsItsPlace, textDrawn } from './reading-samples.ts';

const state = having({ diagnostics: answered(aDiagnosis()), explain: answered(anExplanation()) });

test('each step says how many are there now, how many in all, and what share came through', () => {
  const text = textDrawn(funnel, state, { width: 54, height: 8 });
  assert.match(text, /^ markets +36 +2,952 +- {2}█+$/m);
  assert.match(text, /^ filters passed +6 +500 +20\.3 % {2}█+$/m);
  assert.match(text, /^ signals +- +9 +4\.1 %/m);
  assert.match(text, /^ positions opened +2 +4 +80\.0 %/m);
  assert.equal(funnel.summary?.(state), 'entries allowed');
});

test('where there is room: what only just failed and where each symbol stands', () => {
  const text = textDrawn(funnel, state, { width: 80, height: 20 });
  assert.match(text, /only just failed\n LINKUSDT +by 4\.2 % +volume of one hour 1\.92 times/);
  assert.match(
    text,
    /where each symbol stands\n SOLUSDT +in position +a position is open\n LINKUSDT +filtered out/,
  );
});

test('entries that are held back altogether say so above everything else', () => {
  const reasons = ['the engine is paused', 'no slot is free'];
  const held = having({
    diagnostics: answered(aDiagnosis()),
    explain: answered(anExplanation({ entries: { allowed: false, reasons } })),
  });
  assert.match(
    textDrawn(funnel, held, { height: 5 }),
    /^ no entries: the engine is paused; no slot is free\n/,
  );
  assert.equal(funnel.summary?.(held), 'no entries');
});

test('a symbol that is selected or looked for is on the screen, however little room there is', () => {
  assert.match(textDrawn(funnel, state, { height: 2, selected: 'LINKUSDT' }), /▸LINKUSDT +filtered out/);
  const found = textDrawn(funnel, state, { height: 2, filter: 'filtered' });
  assert.match(found, /LINKUSDT/);
  assert.doesNotMatch(found, /SOLUSDT/);
  const detail = funnel.detail?.(state, 'LINKUSDT', 70) ?? [];
  const text = detail.map((line) => line.map((span) => span.text).join('')).join('\n');
  assert.match(
    text,
    /what it stopped at\nvolume of one hour 1\.92 times its mean, needs at least 2\njudged 03-31 12:00/,
  );
});

test('with no answer yet, and with no session, no figure is shown', () => {
  assert.equal(textDrawn(funnel, having({})), 'reading…');
  const none = aDiagnosis({ funnel: [], nearMisses: [] });
  const idle = having({ diagnostics: answered(none), explain: answered(anExplanation({ symbols: [] })) });
  assert.equal(textDrawn(funnel, idle).trim(), 'no session has run yet');
});

test('the funnel keeps its place at every size', () => {
  holdsItsPlace(funnel, state);
  holdsItsPlace(funnel, state, { selected: 'LINKUSDT' });
  holdsItsPlace(funnel, state, { filter: 'usdt' });
});
