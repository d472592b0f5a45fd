import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumedLines } from '../../src/cli/backtest-report.ts';
import { statusLines } from '../../src/cli/commands/status.ts';
import { failureLines, failureOf } from '../../src/cli/failure.ts';
import { price, signed, span, utc } from '../../src/cli/format.ts';
import { painter } from '../../src/cli/style.ts';
import { eventLine, eventWords, isNews } from '../../src/cli/words.ts';
import { NotReachable, RpcError } from '../../src/protocol/errors.ts';
import { TOPICS, type WireEvent } from '../../src/protocol/events.ts';
import type { StatusResult, TradeResult } from '../../src/protocol/views.ts';

const plain = painter(false, {});
const AT = Date.UTC(2024, 2, 31, 8, 5);

const TRADE: Omit<TradeResult, 'ambiguous'> = {
  id: 3,
  symbol: 'SOLUSDT',
  side: 'long',
  strategy: 'momentum',
  openedAt: AT,
  closedAt: AT + 3_600_000,
  entry: '45.2',
  exit: '46.1',
  quantity: '10',
  fees: '0.05',
  funding: '0',
  pnl: '8.95',
  r: 1.2,
  risk: '7.5',
  initialStop: '44.45',
  level: '45.1',
  exitReason: 'failed_breakout',
  maxR: 1.6,
  minR: -0.2,
  addedOn: false,
};

const STATUS: StatusResult = {
  state: 'MANAGING',
  preset: 'breakout_v1',
  mode: 'paper',
  startedAt: '2026-01-01T00:00:00.000Z',
  slots: 5,
  freeSlots: 3,
  openPositions: 2,
  pendingEntries: 0,
  latencyMs: 0.254,
  dailyR: -0.5,
  consecutiveLosses: 1,
  equity: '9950.12',
  venue: 'sim',
  account: null,
  session: 's1',
  at: AT,
  speed: 1200,
  progress: null,
  ended: null,
  stopping: false,
  pausedBy: null,
  haltedBy: null,
};

describe('what a person reads', () => {
  test('a finished trade says won or lost in words, not by colour alone', () => {
    const won = eventWords({ type: 'trade', trade: TRADE });
    assert.equal(won.text, 'SOLUSDT long won +1.20 R (+8.95) by failed breakout, 45.2 to 46.1');
    assert.equal(won.tone, 'good');
    const lost = eventWords({ type: 'trade', trade: { ...TRADE, pnl: '-7.60', r: -1.01 } });
    assert.match(lost.text, /^SOLUSDT long lost -1\.01 R \(-7\.60\)/);
    assert.equal(lost.tone, 'bad');
  });

  test('a refused signal says what was found and what it takes', () => {
    const { text } = eventWords({
      type: 'refused',
      signalId: 1,
      symbol: 'SOLUSDT',
      rejection: { code: 'MAX_POSITIONS', value: 3, threshold: 3 },
    });
    assert.equal(text, 'SOLUSDT not traded: MAX_POSITIONS (found 3, threshold 3)');
  });

  test('a halt says which rule, the figures, and until when', () => {
    const { text } = eventWords({
      type: 'halt',
      rule: 'daily_loss',
      value: 0.0312,
      limit: 0.03,
      release: 'next_utc_day',
    });
    assert.equal(text, 'no more entries: daily loss 0.0312 reached the limit 0.03, until the next UTC day');
  });

  test("lines carry the venue's time in UTC", () => {
    const event: WireEvent = { type: 'gap', symbol: 'SOLUSDT', missing: 2 };
    const line = eventLine({ subscription: 1, seq: 1, session: 's1', at: AT, wallAt: 0, event }, plain);
    assert.equal(line, '2024-03-31 08:05:00  gap      SOLUSDT: 2 candles missing');
  });

  test('a live view leaves out the quiet rounds of the scanner and shows every other state', () => {
    const state = (from: 'SCANNING' | 'MANAGING', to: 'LEVEL_BUILDING' | 'PAUSED'): WireEvent => ({
      type: 'state',
      from,
      to,
      reason: '',
      by: 'engine',
    });
    assert.equal(isNews(state('SCANNING', 'LEVEL_BUILDING')), false);
    assert.equal(isNews(state('MANAGING', 'PAUSED')), true);
    assert.ok(TOPICS.includes('halt'));
  });

  test('status is one aligned block, with who paused and why', () => {
    const lines = statusLines(
      { ...STATUS, state: 'PAUSED', pausedBy: { by: 'cli', at: AT, reason: 'lunch' } },
      plain,
    );
    assert.deepEqual(lines, [
      'state       PAUSED',
      'paused      by cli at 2024-03-31T08:05:00Z: lunch',
      'preset      breakout_v1 on sim, paper',
      'session     s1, started 2026-01-01T00:00:00Z',
      'venue time  2024-03-31T08:05:00Z, 1200 times real time',
      'positions   2 open, 0 entries waiting, 3 of 5 slots free',
      'today       -0.50 R, 1 loss in a row',
      'equity      9950.12',
      'latency     0.25 ms a step',
    ]);
  });

  test('the end of a session is told once, and a failure as one', () => {
    const told = (ended: (typeof STATUS)['ended']): string | undefined =>
      statusLines({ ...STATUS, ended }, plain).find((line) => line.startsWith('ended'));
    assert.equal(told({ reason: 'stopped', message: 'stopped' }), 'ended       stopped');
    assert.equal(
      told({ reason: 'failed', message: 'the venue broke' }),
      'ended       failed: the venue broke',
    );
  });

  test('a halt shows in the status with what releases it', () => {
    const haltedBy = {
      rule: 'drawdown',
      by: 'engine',
      at: AT,
      reason: 'equity fell',
      value: 0.21,
      limit: 0.2,
      release: 'manual',
    } as const;
    const lines = statusLines({ ...STATUS, haltedBy }, plain);
    assert.ok(
      lines.includes(
        'halted      drawdown at 2024-03-31T08:05:00Z, 0.21 reached 0.2, until `breakout reset`: equity fell',
      ),
    );
  });

  test('what thirty symbols have in common is one line', () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const assumed = names.flatMap((name, i) => [`${name}: tick 0.0${i}`, `${name}: makerFee 0.0002`]);
    assert.deepEqual(assumedLines(assumed), [
      'makerFee 0.0002: 6 symbols',
      'and 6 more, each for one symbol: --json lists them',
    ]);
    assert.deepEqual(assumedLines(['A: tick 1', 'B: lot 2']), ['tick 1: A', 'lot 2: B']);
  });

  test('numbers and times', () => {
    assert.equal(signed(-0.001, 2), '-0.00');
    assert.equal(signed(1.5, 2), '+1.50');
    assert.equal(price('102929.941403865717'), '102929.94');
    assert.equal(price('0.00001234'), '0.00001234');
    assert.equal(utc(AT), '2024-03-31T08:05:00Z');
    assert.equal(span(45_000), '45 s');
    assert.equal(span(3_900_000), '1 h 05 min');
  });
});

describe('failures', () => {
  test("the daemon's refusal is one line with the command that mends it, and exit code 1", () => {
    const failure = failureOf(RpcError.of('ENGINE_NOT_RUNNING', 'the engine is IDLE'));
    assert.equal(failure.exitCode, 1);
    assert.deepEqual(failureLines(failure), [
      'breakout: the engine is IDLE (`breakout start --preset NAME` starts one)',
    ]);
  });

  test('every problem of a broken preset is told, once', () => {
    const failure = failureOf(
      RpcError.of('PRESET_INVALID', 'bad: a is wrong', { problems: ['a is wrong', 'b is wrong'] }),
    );
    assert.deepEqual(failureLines(failure).slice(1), ['  b is wrong']);
  });

  test('a daemon that is not there is exit code 2', () => {
    assert.equal(failureOf(new NotReachable('/tmp/x.sock', 'there is no socket')).exitCode, 2);
  });

  test('a bug is not dressed up as a refusal', () => {
    assert.throws(() => failureOf(new TypeError('undefined is not a function')), TypeError);
  });
});
