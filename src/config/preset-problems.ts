/** The preset's schema for editors, and the check of a preset that was read or sent. */
import type { Problem } from './config-error.ts';
import { type Preset, presetSchema } from './preset.ts';
import { check, schemaNode } from './problems.ts';

/** The JSON schema of a preset file. */
export function presetJsonSchema(): Record<string, unknown> {
  return { ...schemaNode(presetSchema), title: 'A preset of breakout' };
}

/** Checks a parsed preset file; all problems at once. The editor's `$schema` is no part of the preset. */
export function checkPreset(value: unknown): { preset: Preset } | { problems: readonly Problem[] } {
  const checked = check(presetSchema, value);
  if ('problems' in checked) return checked;
  const { $schema: _, ...preset } = checked.value;
  return { preset };
}
