/** The protocol about itself. */
import { z } from 'zod';
import type { MethodTable } from './entry.ts';
import { none } from './shared.ts';

export const discoverMethods = {
  'rpc.discover': {
    summary: 'This protocol as an OpenRPC document: every method with its parameters, result and errors',
    kind: 'read',
    since: 1,
    params: none,
    result: z
      .looseObject({
        openrpc: z.string().describe('Version of the OpenRPC specification'),
        info: z.looseObject({ title: z.string(), version: z.string() }),
        methods: z.array(z.looseObject({ name: z.string() })).readonly(),
      })
      .describe('An OpenRPC document; https://spec.open-rpc.org says what is in it'),
    errors: [],
  },
} as const satisfies MethodTable;
