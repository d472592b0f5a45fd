import type { z } from 'zod';
import type { AppErrorCode } from '../errors.ts';

export interface MethodEntry {
  readonly summary: string;
  /** `read` changes nothing; `control` acts on the engine or the daemon. */
  readonly kind: 'read' | 'control';
  /** The protocol version that brought it. */
  readonly since: number;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Application errors of its own; INVALID_PARAMS, INTERNAL, RATE_LIMITED, SHUTTING_DOWN and RECOVERING may come from any method. */
  readonly errors: readonly AppErrorCode[];
}

export type MethodTable = Readonly<Record<string, MethodEntry>>;
