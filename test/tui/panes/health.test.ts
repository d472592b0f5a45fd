import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceHealth } from '../../../src/protocol/health-view.ts';
import { health } from '../../../src/tui/panes/health.ts';
import {
  answered,
  having,
  holdsItsPlace,
  linesOf,
  someHealth,
  textDrawn,
  toneOf,
} from './reading-samples.ts';

const issue = (code: string, severity: 'warning' | 'critical'): ResourceHealth['issues'][number] => ({
  code,
  severity,
  message: `${code} has gone too far`,
  value: 93,
  threshold: 90,
  mend: 'mend it',
});

test('what the daemon lives on is told with bars and words', () => {
  const state = having({ health: answered(someHealth()) });
  const text = textDrawn(health, state, { width: 80 });
  assert.match(text, /cpu +█░{9} {2}12\.3 % of a core {2}load 0\.52 0\.41 0\.30 on 2 cores/);
  assert.match(text, /memory +█░{9} {2}6\.1 % {2}125 MiB of 2,048 MiB {2}heap 48 MiB of 1,024 MiB/);
  assert.match(text, /disk +█{4}░{6} {2}41\.7 % {2}50\.0 GiB free/);
  assert.match(text, /feed +candles 0\.2s ago {2}one every 0\.25s/);
  assert.equal(health.summary?.(state), 'healthy, measured 3s ago');
});

test('a figure that cannot be measured says why, and shows no zero', () => {
  const reason = 'the window is too short';
  const unmeasured = someHealth({ cpuPercent: null, notMeasured: [{ figure: 'cpuPercent', reason }] });
  const text = textDrawn(health, having({ health: answered(unmeasured) }));
  assert.match(text, /cpu +not measured: the window is too short/);
  assert.equal(textDrawn(health, having({})), 'reading…');
});

test('an issue stands first, worst first, with its threshold, and its figure has the word too', () => {
  const issues = [issue('CPU_HIGH', 'warning'), issue('DISK_HIGH', 'critical')];
  const bad = someHealth({ status: 'critical', issues, cpuPercent: 93, diskUsagePercent: 96 });
  const lines = linesOf(health, having({ health: answered(bad) }), { width: 80, height: 6 });
  const text = textDrawn(health, having({ health: answered(bad) }), { width: 80, height: 6 });
  assert.match(
    text,
    /^ critical +DISK_HIGH has gone too far \(DISK_HIGH, critical from 90\)\n warning +CPU_HIGH/,
  );
  assert.match(text, /cpu +\S+ {2}93\.0 % of a core {2}warning/);
  assert.equal(toneOf(lines, 'critical'), 'bad');
});

test('more issues than there is room for are counted, so that none goes unsaid', () => {
  const issues = Array.from({ length: 9 }, (_, i) => issue(`CODE_${i}`, 'warning'));
  const state = having({ health: answered(someHealth({ status: 'warning', issues })) });
  assert.match(textDrawn(health, state, { height: 6 }), /and 7 more issues/);
  assert.match(health.summary?.(state) ?? '', /^warning, 9 issues/);
});

test('the figures keep their place at every size', () => {
  const issues = [issue('CPU_HIGH', 'warning'), issue('DISK_HIGH', 'critical')];
  holdsItsPlace(health, having({ health: answered(someHealth({ status: 'critical', issues })) }));
  const none = { cpuPercent: null, diskUsagePercent: null, diskFreeMb: null, eventLoop: null };
  const fewer = someHealth({ ...none, openFiles: null, feedAgeSeconds: null, journalLagMs: null });
  holdsItsPlace(health, having({ health: answered(fewer) }));
});
