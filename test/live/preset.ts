/** A preset that trades all day on an exchange whose time runs faster than the network: what is waited for there waits longer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSY } from '../kill/presets.ts';

export const LIVE = 'busy-live';

/** A second of the machine's time, at sixty times the speed. */
const PROTECT_MS = 60_000;

export function writeLivePreset(configDir: string): void {
  const folder = join(configDir, 'presets');
  mkdirSync(folder, { recursive: true });
  const preset = {
    ...BUSY,
    name: LIVE,
    scan: { ...BUSY.scan, scan_interval_seconds: 300 },
    entry: { policy: 'close', cooldown_base_bars: 1 },
    execution: { protect_timeout_ms: PROTECT_MS },
  };
  writeFileSync(join(folder, `${LIVE}.json`), JSON.stringify(preset));
}
