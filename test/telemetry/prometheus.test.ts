import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Latency } from '../../src/session/latency.ts';
import { MonotoneTotals } from '../../src/telemetry/monotone-totals.ts';
import { PrometheusText } from '../../src/telemetry/prometheus.ts';
import { readExposition, sampleOf } from './exposition.ts';

test('a figure that is not known is absent, and comes back when it is known: a chart shows a gap, not zero', async () => {
  const metrics = new PrometheusText<{ readonly equity: number | null }>([
    {
      kind: 'gauge',
      name: 'x_equity',
      help: 'Equity',
      labels: [],
      read: ({ equity }) => (equity === null ? [] : [{ labels: {}, value: equity }]),
    },
  ]);
  const read = async (equity: number | null) => readExposition((await metrics.text({ equity })).text);
  assert.deepEqual((await read(null)).get('x_equity')?.samples, []);
  assert.equal(sampleOf(await read(10.5), 'x_equity'), 10.5);
  assert.deepEqual((await read(null)).get('x_equity')?.samples, []);
  assert.equal((await metrics.text({ equity: 1 })).contentType, 'text/plain; version=0.0.4; charset=utf-8');
});

test('a label cannot break the format, whatever is in it', async () => {
  const nasty = 'a"b\\c\nd{e="f"} 1';
  const metrics = new PrometheusText<null>([
    {
      kind: 'counter',
      name: 'x_total',
      help: 'X',
      labels: ['code'],
      read: () => [{ labels: { code: nasty }, value: 3 }],
    },
  ]);
  assert.equal(sampleOf(readExposition((await metrics.text(null)).text), 'x_total', { code: nasty }), 3);
});

test('labels that are gone are not shown any more', async () => {
  const metrics = new PrometheusText<readonly string[]>([
    {
      kind: 'gauge',
      name: 'x_issue',
      help: 'X',
      labels: ['code'],
      read: (codes) => codes.map((code) => ({ labels: { code }, value: 1 })),
    },
  ]);
  const codes = async (given: string[]) =>
    readExposition((await metrics.text(given)).text)
      .get('x_issue')
      ?.samples.map(({ labels }) => labels.code);
  assert.deepEqual(await codes(['A', 'B']), ['A', 'B']);
  assert.deepEqual(await codes(['B']), ['B']);
});

test('a histogram shows what was counted elsewhere, each value at the bound that it does not pass', async () => {
  const latency = new Latency();
  const values = [0.0005, 0.001, 0.004, 0.0041, 1, 1.024, 1.03, 900, 100_000];
  for (const ms of values) latency.add(ms);
  const metrics = new PrometheusText<Latency>([
    {
      kind: 'histogram',
      name: 'x_seconds',
      help: 'X',
      read: (of) => {
        const { buckets, sumMs, count } = of.octaves();
        return {
          buckets: buckets.map((b) => ({ upTo: b.upToMs / 1000, count: b.count })),
          sum: sumMs / 1000,
          count,
        };
      },
    },
  ]);
  const families = readExposition((await metrics.text(latency)).text);
  const buckets = families.get('x_seconds')?.samples.filter(({ name }) => name === 'x_seconds_bucket') ?? [];
  assert.ok(buckets.length > 20);
  for (const { labels, value } of buckets) {
    const le = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le) * 1000;
    // Edges of buckets are powers of two times a microsecond: a hair of room for their logarithm.
    assert.equal(value, values.filter((ms) => ms <= le * (1 + 1e-9)).length, `le ${labels.le}`);
  }
});

test('totals of counters that begin again never run backwards, and lose nothing that was looked at', () => {
  const totals = new MonotoneTotals({ signals: 0 }, ['signals']);
  const seen: number[] = [];
  for (const signals of [0, 3, 5, 0, 2, 2, 1, 7]) {
    totals.look({ signals });
    seen.push(totals.totals.signals);
  }
  assert.deepEqual(seen, [0, 3, 5, 5, 7, 7, 8, 14]);
});

test('the reader refuses what is no exposition', () => {
  const head = '# HELP a_total A\n# TYPE a_total counter\n';
  assert.equal(readExposition(`${head}a_total{b="c"} 1\n`).size, 1);
  for (const text of [
    `${head}a_total 1`,
    `${head}a_total x\n`,
    `${head}a_total 1\na_total 2\n`,
    `${head}a_total -1\n`,
    `${head}b_total 1\n`,
    `${head}a_total{b=c} 1\n`,
    `${head}a_total{b="c} 1\n`,
    '# TYPE a_total counter\na_total 1\n',
    '# HELP a A\n# TYPE a counter\na 1\n',
    '# HELP a A\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ]) {
    assert.throws(() => readExposition(text), Error, text);
  }
});
