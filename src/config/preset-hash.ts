import { createHash } from 'node:crypto';
import type { Preset } from './preset.ts';

/**
 * SHA-256 of a preset's canonical JSON (keys sorted, no blanks, every default filled in, the editor's `$schema` left
 * out), in hex: two presets that say the same have the same, however their files are laid out.
 */
export function presetHash({ $schema: _, ...preset }: Preset): string {
  return createHash('sha256').update(canonical(preset)).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
