import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { presetHash } from '../../../src/config/preset-hash.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import { type Checkpoint, Checkpoints } from '../../../src/session/history/checkpoints.ts';
import type { MilestoneName } from '../../../src/session/history/milestones.ts';
import { newest, Ring } from '../../../src/session/history/ring.ts';

const mark = (name: MilestoneName, at: number): Omit<Checkpoint, 'seq'> => ({
  name,
  at,
  wallAt: at,
  state: 'SCANNING',
  figures: { equity: '1', dailyR: 0, openPositions: 0, trades: 0, signals: 0 },
  note: '',
});

test('a ring holds the newest in their order, and counts what gave way', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(), fc.record({ shrink: fc.integer({ min: 1, max: 10 }) })), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      (steps, first) => {
        const ring = new Ring<number>(first);
        let capacity = first;
        let all: number[] = [];
        let dropped = 0;
        for (const step of steps) {
          let gone: number | undefined;
          if (typeof step === 'number') {
            all.push(step);
            gone = ring.push(step);
          } else {
            capacity = Math.min(capacity, step.shrink);
            ring.shrink(step.shrink);
          }
          const kept = newest(all, capacity);
          dropped += all.length - kept.length;
          if (typeof step === 'number' && all.length > kept.length) assert.equal(gone, all[0]);
          all = kept;
          assert.deepEqual(ring.items(), all);
          assert.equal(ring.dropped, dropped);
        }
      },
    ),
  );
});

test('a long session keeps its first milestones for good and of the others the newest, and says how many are gone', () => {
  const checkpoints = new Checkpoints(3);
  checkpoints.add(mark('session_started', 0));
  for (let i = 1; i <= 5; i++) checkpoints.add(mark('trade_closed', i));
  checkpoints.add(mark('first_fill', 6));
  checkpoints.add(mark('trade_closed', 7));
  assert.deepEqual(
    checkpoints.list(100).map(({ seq, name }) => [seq, name]),
    [
      [1, 'session_started'],
      [5, 'trade_closed'],
      [6, 'trade_closed'],
      [7, 'first_fill'],
      [8, 'trade_closed'],
    ],
  );
  assert.equal(checkpoints.dropped, 3);
  assert.deepEqual(
    checkpoints.list(2).map(({ seq }) => seq),
    [7, 8],
    'the newest',
  );
  assert.deepEqual(
    checkpoints.list(100, 6).map(({ seq }) => seq),
    [7, 8],
  );
  checkpoints.shrink(1);
  assert.deepEqual(
    checkpoints.list(100).map(({ seq }) => seq),
    [1, 7, 8],
  );
  assert.equal(checkpoints.dropped, 5);
});

test('two presets that say the same have one hash, however their files are laid out', () => {
  const preset = loadPreset('breakout_v1', '/nowhere');
  const hash = presetHash(preset);
  assert.match(hash, /^[0-9a-f]{64}$/);
  const { risk, ...rest } = preset;
  const { max_drawdown, ...limits } = risk;
  assert.equal(presetHash({ risk: { max_drawdown, ...limits }, ...rest }), hash);
  assert.notEqual(presetHash({ ...preset, risk: { ...preset.risk, max_leverage: 2.5 } }), hash);
});
