/** Daily loss, losing streak and drawdown. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MIDNIGHT, PERP, type PresetChange, Rig, SECOND_PERP } from './rig.ts';

const DAY = 86_400_000;

/** Loses one R: breaks out, is filled, is stopped. */
function lose(rig: Rig): void {
  // Long enough for the last break to be history.
  for (let i = 0; i < 120; i++) rig.bar();
  rig.until('SIGNAL_WAIT', 100);
  const { stop } = rig.hold();
  rig.fill(stop, { price: stop.stopPrice ?? '' });
}

/** Candles until the state changes or a day has gone. */
function untilNextDay(rig: Rig): void {
  const day = Math.floor(rig.now / DAY);
  while (Math.floor(rig.now / DAY) === day) rig.bar();
}

it('a day that loses its limit halts entries, says by which rule and figures, and lifts on the next UTC day', () => {
  const rig = new Rig({ preset: { risk: { daily_loss_limit: 0.005 } } }).boot();
  rig.hold();
  rig.barTo([101.6, 101.6, 100.5, 100.6, 1000]);
  assert.equal(rig.state, 'PAUSED');
  const halt = rig.events('halt')[0];
  assert.deepEqual([halt?.rule, halt?.limit, halt?.release], ['daily_loss', 0.005, 'next_utc_day']);
  assert.ok((halt?.value ?? 0) >= 0.005 && (halt?.value ?? 0) < 0.01);
  assert.equal(rig.engine.positions().length, 1, 'kept, protected');
  assert.equal(rig.submitted('exit').length, 0);
  assert.equal(rig.answer(rig.resume()), 'ENGINE_HALTED');
  untilNextDay(rig);
  assert.equal(rig.events('halt_released').length, 1);
  assert.notEqual(rig.state, 'PAUSED');
});

it('a halt that is reset trades again at once and is not back at the next candle', () => {
  const rig = new Rig({ preset: { risk: { daily_loss_limit: 0.005 } } }).boot();
  lose(rig);
  rig.bar();
  assert.equal(rig.state, 'PAUSED');
  assert.equal(rig.answer(rig.reset('seen')), 'ok');
  for (let i = 0; i < 5; i++) rig.bar();
  assert.equal(rig.state, 'SIGNAL_WAIT');
});

it('a halt over a pause: neither resume nor reset alone trades again', () => {
  const rig = new Rig({ preset: { risk: { daily_loss_limit: 0.005 } } }).boot();
  rig.pause();
  lose(
    (() => {
      rig.resume();
      return rig;
    })(),
  );
  rig.bar();
  assert.equal(rig.state, 'PAUSED');
  rig.pause('too');
  rig.reset('seen');
  rig.bar();
  assert.equal(rig.state, 'PAUSED');
  rig.resume();
  rig.bar();
  assert.equal(rig.state, 'SIGNAL_WAIT');
});

for (const release of ['manual', 'next_utc_day'] as const) {
  it(`a losing streak halts at its limit and ${release === 'manual' ? 'waits for a reset' : 'lifts on the next day'}`, () => {
    const rig = new Rig({ preset: { risk: { losing_streak_limit: 2, halt_release: release } } }).boot();
    lose(rig);
    assert.equal(rig.engine.status().consecutiveLosses, 1);
    assert.equal(rig.events('halt').length, 0);
    lose(rig);
    assert.equal(rig.events('halt')[0]?.rule, 'losing_streak');
    rig.bar();
    assert.equal(rig.state, 'PAUSED');
    untilNextDay(rig);
    rig.bar();
    if (release === 'manual') {
      assert.equal(rig.state, 'PAUSED');
      rig.reset('ok');
      rig.bar();
    }
    assert.equal(rig.state, 'SIGNAL_WAIT');
    assert.equal(rig.engine.status().consecutiveLosses, 0);
  });
}

it('a halt that waits for a person is not lifted by stopping and starting anew; a day’s halt is the old account’s', () => {
  for (const release of ['manual', 'next_utc_day'] as const) {
    const rig = new Rig({ preset: { risk: { losing_streak_limit: 1, halt_release: release } } }).boot();
    lose(rig);
    rig.bar();
    assert.equal(rig.state, 'PAUSED');
    rig.stop();
    const id = rig.start('fresh');
    rig.ready();
    if (release === 'manual') {
      assert.match(rig.replyTo(id)?.message ?? '', /halted by losing_streak/);
      assert.equal(rig.state, 'PAUSED');
      rig.reset('looked into it');
    }
    assert.equal(rig.engine.status().haltedBy, null);
    rig.until('SIGNAL_WAIT');
  }
});

it('a losing streak reached under a daily halt is not forgotten when the day is over', () => {
  const rig = new Rig({
    preset: { risk: { losing_streak_limit: 1, daily_loss_limit: 0.005, halt_release: 'manual' } },
  }).boot();
  const { stop } = rig.hold();
  rig.barTo([101.6, 101.6, 100.5, 100.6, 1000]);
  assert.equal(rig.engine.status().haltedBy?.rule, 'daily_loss');
  rig.fill(stop, { price: stop.stopPrice ?? '' });
  assert.equal(rig.engine.status().consecutiveLosses, 1);
  untilNextDay(rig);
  rig.bar();
  assert.equal(rig.state, 'PAUSED');
  assert.equal(rig.engine.status().haltedBy?.rule, 'losing_streak');
});

it('a drawdown halts and, flattening, closes everything, is verified flat and starts anew the next day', () => {
  const risk: PresetChange['risk'] = {
    max_drawdown: 0.012,
    daily_loss_limit: 0.011,
    on_halt: 'flatten',
    halt_release: 'next_utc_day',
  };
  const rig = new Rig({ preset: { risk } }).boot();
  lose(rig);
  untilNextDay(rig);
  rig.until('SIGNAL_WAIT', 100);
  rig.hold();
  const from = rig.passed().length;
  rig.barTo([101.6, 101.6, 100.5, 100.6, 1000]);
  rig.fill(rig.last('exit'), { price: '100.6' });
  rig.venueSays();
  assert.deepEqual(rig.passed().slice(from), ['EMERGENCY', 'STOPPED']);
  assert.equal(rig.events('halt')[0]?.rule, 'drawdown');
  assert.equal(rig.trades()[1]?.exitReason, 'kill_switch');
  assert.equal(rig.answer(rig.start()), 'ENGINE_HALTED');
  untilNextDay(rig);
  assert.deepEqual(rig.passed().slice(from + 2, from + 4), ['INITIALIZING', 'SCANNING']);
  rig.until('SIGNAL_WAIT', 5);
});

it('daily R counts the UTC day only', () => {
  const rig = new Rig({ startsAt: MIDNIGHT + DAY / 2 }).boot();
  lose(rig);
  const { dailyR } = rig.engine.status();
  assert.ok(Math.abs(dailyR + 1) < 1e-9, `${dailyR}`);
  untilNextDay(rig);
  assert.equal(rig.engine.status().dailyR, 0);
});

it('a halt cancels entries that are out', () => {
  const rig = new Rig({
    instruments: [PERP, SECOND_PERP],
    preset: { risk: { losing_streak_limit: 1 } },
  }).boot();
  rig.bar(
    new Map([
      [0, 101.5],
      [1, 101.5],
    ]),
  );
  const [first, second] = rig.submitted('entry');
  assert.ok(first && second);
  rig.fill(first);
  rig.accept(rig.last('stop'));
  rig.fill(rig.last('stop'), { price: '100.44' });
  assert.ok(rig.cancels().includes(second.id));
  rig.cancelled(second);
  assert.equal(rig.state, 'PAUSED');
});
