/** Parameters and results that several methods share. */
import { z } from 'zod';

export const none = z.strictObject({});

// Shown on terminals as it is: a control character in it would rewrite what an operator sees.
export const reason = z
  .string()
  .trim()
  .min(1, 'may not be empty')
  .max(500, 'must be at most 500 characters')
  .regex(/^\P{Cc}*$/u, 'must be one line without control characters');

/** The answer to a control command. */
export const commandResult = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  timestamp: z.iso.datetime().describe('Wall time of the answer'),
});
