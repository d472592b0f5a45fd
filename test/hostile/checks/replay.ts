/** The journal replayed: the same inputs lead a new engine to the same outputs, and to the states that were saved. */
import { Engine } from '../../../src/engine/engine.ts';
import { exactJson } from '../../../src/journal/codec/exact-json.ts';
import { retrace } from '../../../src/session/keeping/retrace.ts';
import type { Disk } from '../daemon/disk.ts';

/** What differs, in words; null when nothing does. */
export function replayed(disk: Disk, live: Engine, make: (() => Engine) | undefined): string | null {
  const engine = make?.() ?? new Engine();
  const snapshots = new Map([...disk.snapshots()].map(({ seq, state }) => [seq, state]));
  let state: string | null = null;
  const { difference } = retrace({
    engine,
    steps: disk.entries(0),
    from: 0,
    write: exactJson,
    onDifference: 'stop',
    seen: ({ seq }) => {
      const saved = snapshots.get(seq);
      if (saved !== undefined && !Buffer.from(saved).equals(engine.save()))
        state ??= `the state saved after input ${seq} is not that of its replay`;
    },
  });
  if (difference !== null) return `the replay differs at input ${difference.seq}`;
  if (state !== null) return state;
  return Buffer.from(engine.save()).equals(live.save())
    ? null
    : 'the replay ends in another state than the engine';
}
