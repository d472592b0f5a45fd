import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metrics } from '../../../src/tui/panes/metrics.ts';
import {
  answered,
  having,
  holdsItsPlace,
  linesOf,
  someMetrics,
  textDrawn,
  toneOf,
} from './reading-samples.ts';

test('latency, result and money of a session are told by name, with their units', () => {
  const text = textDrawn(metrics, having({ metrics: answered(someMetrics()) }), { width: 70 });
  assert.match(text, /latency +p50 0\.42 ms {2}p99 1\.87 ms {2}max 14 ms {2}mean 0\.51 ms/);
  assert.match(text, /result +\+2\.30 R {2}\+1\.25 R today {2}drawdown -1\.04 R/);
  assert.match(text, /money +\+125\.40 net {2}12\.30 fees {2}10125\.40 equity/);
});

test('before the first candle there is no latency, and nobody is told of one of zero', () => {
  const fresh = someMetrics({ latency: null, avgLatencyMs: null, equity: null });
  const text = textDrawn(metrics, having({ metrics: answered(fresh) }));
  assert.match(text, /latency +no candle decided on yet/);
  assert.doesNotMatch(text, /0 ms|0\.00 ms| equity/);
});

test('what is not read yet is said to be read, not shown as zero', () => {
  const text = textDrawn(metrics, having({}));
  assert.equal(text, 'reading…');
});

test('candles that are missing or late stand out, and none of them does not', () => {
  const lines = linesOf(metrics, having({ metrics: answered(someMetrics({ gaps: 2, missingBars: 3 })) }));
  assert.equal(toneOf(lines, '3 missing'), 'warn');
  assert.equal(toneOf(lines, '0 late'), 'plain');
});

test('a narrow pane leaves out whole figures, never half of one', () => {
  const text = textDrawn(metrics, having({ metrics: answered(someMetrics()) }), { width: 40 });
  assert.match(text, /latency +p50 0\.42 ms {2}p99 1\.87 ms$/m);
});

test('the figures keep their place at every size', () => {
  holdsItsPlace(metrics, having({ metrics: answered(someMetrics({ latency: null, avgLatencyMs: null })) }));
  holdsItsPlace(metrics, having({ metrics: answered(someMetrics()) }));
});
