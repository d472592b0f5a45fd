import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../src/config/preset.ts';
import { DAY, HOUR } from '../../src/market/time.ts';
import { RiskLimits } from '../../src/risk/limits.ts';
import { type Part, presetOf } from '../strategy/kit.ts';

const D0 = 20_000 * DAY;

function limits(risk: Part<Preset['risk']> = {}) {
  return new RiskLimits(
    presetOf({
      risk: { daily_loss_limit: 0.03, losing_streak_limit: 3, max_drawdown: 0.1, ...risk },
    }),
    10_000,
  );
}

test('a loss of the day at its limit halts, one cent before it does not', () => {
  const l = limits();
  assert.equal(l.mark(D0 + HOUR, 10_000), null);
  assert.equal(l.mark(D0 + 2 * HOUR, 9700.01), null);
  assert.deepEqual(l.mark(D0 + 3 * HOUR, 9700), {
    rule: 'daily_loss',
    value: 0.03,
    limit: 0.03,
    release: 'next_utc_day',
  });
});

test('the day begins anew at midnight UTC, with the equity of then: yesterday’s loss is no loss of today', () => {
  const l = limits();
  l.mark(D0, 10_000);
  l.closed(-1);
  assert.equal(l.mark(D0 + DAY - 1, 9750), null);
  assert.equal(l.dailyR, -1);
  assert.equal(l.mark(D0 + DAY, 9750), null);
  assert.equal(l.dailyR, 0);
  assert.equal(l.mark(D0 + DAY + HOUR, 9500), null, '2.6 % of 9750');
  assert.equal(l.mark(D0 + DAY + 2 * HOUR, 9750 * 0.97)?.rule, 'daily_loss');
});

test('a daily loss always lifts at the next midnight, whatever the preset says of other halts', () => {
  for (const halt_release of ['manual', 'next_utc_day'] as const) {
    const l = limits({ halt_release });
    l.mark(D0, 10_000);
    assert.equal(l.mark(D0 + HOUR, 9000)?.release, 'next_utc_day');
  }
  assert.equal(RiskLimits.liftsAt(D0), D0 + DAY);
  assert.equal(RiskLimits.liftsAt(D0 + DAY - 1), D0 + DAY);
});

test('the drawdown is counted from the highest equity, over days', () => {
  const l = limits({ daily_loss_limit: 0.1, halt_release: 'next_utc_day' });
  l.mark(D0, 10_000);
  l.mark(D0 + HOUR, 12_000);
  assert.equal(l.mark(D0 + DAY, 11_000), null);
  assert.equal(l.mark(D0 + 2 * DAY, 10_800.01), null);
  const breach = l.mark(D0 + 3 * DAY, 10_800);
  assert.equal(breach?.rule, 'drawdown');
  assert.ok(Math.abs((breach?.value ?? 0) - 0.1) < 1e-12);
  assert.equal(breach?.limit, 0.1);
  assert.equal(breach?.release, 'next_utc_day');
});

test('once released, a drawdown counts from the equity of the release, and the report still knows the deepest', () => {
  const l = limits({ daily_loss_limit: 0.1 });
  l.mark(D0, 10_000);
  assert.equal(l.mark(D0 + DAY, 9000)?.rule, 'drawdown');
  l.released('drawdown', 9000);
  assert.equal(l.mark(D0 + DAY + HOUR, 8500), null);
  assert.equal(l.mark(D0 + 2 * DAY, 8100)?.rule, 'drawdown');
  assert.ok(Math.abs(l.deepest - 0.19) < 1e-12, `${l.deepest}`);
});

test('so many losses in a row halt; a win, or a trade that ended even, ends the row', () => {
  const l = limits();
  assert.equal(l.closed(-1), null);
  assert.equal(l.closed(-0.1), null);
  assert.equal(l.closed(0.01), null);
  assert.equal(l.consecutiveLosses, 0);
  assert.equal(l.closed(-1), null);
  assert.equal(l.closed(0), null);
  assert.equal(l.closed(-1), null);
  assert.equal(l.closed(-1), null);
  assert.deepEqual(l.closed(-1), { rule: 'losing_streak', value: 3, limit: 3, release: 'manual' });
  assert.ok(Math.abs(l.dailyR + 5.09) < 1e-12);
});

test('a row of losses does not end at midnight', () => {
  const l = limits();
  l.mark(D0, 10_000);
  l.closed(-1);
  l.closed(-1);
  l.mark(D0 + DAY, 10_000);
  assert.equal(l.closed(-1)?.rule, 'losing_streak');
});

test('a released row starts from none', () => {
  const l = limits();
  for (let i = 0; i < 3; i++) l.closed(-1);
  l.released('losing_streak', 10_000);
  assert.equal(l.mark(D0, 10_000), null);
  assert.equal(l.closed(-1), null);
  assert.equal(l.closed(-1), null);
  assert.equal(l.closed(-1)?.rule, 'losing_streak');
});

test('a row that filled up under another halt is not forgotten when that one lifts', () => {
  const l = limits();
  l.mark(D0, 10_000);
  assert.equal(l.mark(D0 + HOUR, 9600)?.rule, 'daily_loss');
  for (let i = 0; i < 3; i++) l.closed(-1);
  l.released('daily_loss', 9600);
  assert.equal(l.mark(D0 + DAY, 9600)?.rule, 'losing_streak');
});

test('a daily loss released by hand counts from the equity of the release', () => {
  const l = limits();
  l.mark(D0, 10_000);
  assert.equal(l.mark(D0 + HOUR, 9600)?.rule, 'daily_loss');
  l.released('daily_loss', 9600);
  assert.equal(l.mark(D0 + 2 * HOUR, 9400), null);
  assert.equal(l.mark(D0 + 3 * HOUR, 9312)?.rule, 'daily_loss');
});
