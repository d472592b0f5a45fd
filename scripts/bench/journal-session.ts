/** The session that journals are measured with. */
import type { Preset } from '../../src/config/preset.ts';
import { presetHash } from '../../src/config/preset-hash.ts';
import type { Journal } from '../../src/journal/journal.ts';

export const SESSION = 'bench';

export function openBenchSession(journal: Journal, preset: Preset): void {
  journal.openSession({
    id: SESSION,
    ordinal: 1,
    preset,
    presetHash: presetHash(preset),
    mode: 'paper',
    venue: 'sim',
    request: { data: null, symbols: null, from: null, to: null, seed: 1, speed: 0, equity: '10000' },
    startedAt: Date.now(),
    by: 'bench',
  });
  journal.commit();
}
