/** Presets. */
import { z } from 'zod';
import { preset } from '../views.ts';
import type { MethodTable } from './entry.ts';
import { none } from './shared.ts';

/** A preset takes some kilobytes; checking one must not hold up a daemon that trades. */
const MAX_CHARACTERS = 64 * 1024;

const values = z.record(z.string(), z.unknown());
const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of its values: two presets with the same one trade alike');

export const presetMethods = {
  'presets.list': {
    summary: 'The presets there are, and what is wrong with those that cannot be used',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ presets: z.array(preset).readonly() }),
    errors: [],
  },
  'presets.get': {
    summary: 'One preset with all its values',
    kind: 'read',
    since: 1,
    params: z.strictObject({ name: z.string().max(200).describe('As `presets.list` has it') }),
    result: z.strictObject({
      name: z.string(),
      origin: preset.shape.origin,
      hash,
      preset: values.describe('Every default filled in'),
    }),
    errors: ['PRESET_UNKNOWN', 'PRESET_INVALID'],
  },
  'presets.validate': {
    summary: 'Checks a preset without keeping it; says everything that is wrong with it',
    kind: 'read',
    since: 1,
    params: z
      .strictObject({
        preset: z.unknown().optional().describe('The preset as an object'),
        text: z
          .string()
          .max(MAX_CHARACTERS)
          .optional()
          .describe('Or the text of its file: a key written twice is found there alone'),
      })
      .refine((given) => (given.preset === undefined) !== (given.text === undefined), {
        error: 'give either `preset` or `text`',
      })
      .refine((given) => fits(given.preset), {
        path: ['preset'],
        error: `must not be over ${MAX_CHARACTERS} characters as JSON`,
      }),
    result: z.strictObject({
      valid: z.boolean(),
      hash: hash.nullable().describe('null when it is not valid'),
      problems: z
        .array(
          z.strictObject({
            path: z.string().describe('Within the preset, e.g. risk.risk_per_trade; empty for the whole'),
            found: z.string().describe('The value there as JSON, or `nothing`'),
            allowed: z.string().describe('What may stand there, in words'),
          }),
        )
        .readonly()
        .describe('The first hundred'),
    }),
    errors: [],
  },
} as const satisfies MethodTable;

function fits(given: unknown): boolean {
  try {
    return given === undefined || JSON.stringify(given).length <= MAX_CHARACTERS;
  } catch (error) {
    // Nested deeper than can be written is longer than any preset.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
