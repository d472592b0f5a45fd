/** Presets. */
import { z } from 'zod';
import { preset } from '../views.ts';
import type { MethodTable } from './entry.ts';
import { none } from './shared.ts';

export const presetMethods = {
  'presets.list': {
    summary: 'The presets there are, and what is wrong with those that cannot be used',
    kind: 'read',
    since: 1,
    params: none,
    result: z.strictObject({ presets: z.array(preset).readonly() }),
    errors: [],
  },
} as const satisfies MethodTable;
