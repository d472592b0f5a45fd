/**
 * The method table of the control protocol: the single place that says what a method takes, answers and
 * refuses. Types, validation and help come from it. Clients import its types only, so that a short command
 * does not load the schema library.
 */
import type { z } from 'zod';
import { daemonMethods } from './methods/daemon.ts';
import { discoverMethods } from './methods/discover.ts';
import { engineMethods } from './methods/engine.ts';
import type { MethodTable } from './methods/entry.ts';
import { eventMethods } from './methods/events.ts';
import { healthMethods } from './methods/health.ts';
import { historyMethods } from './methods/history.ts';
import { logMethods } from './methods/logs.ts';
import { presetMethods } from './methods/presets.ts';
import { tradingMethods } from './methods/trading.ts';

/** The table in the groups that its sources, and the handlers, are kept in. */
export interface MethodGroups {
  readonly engine: typeof engineMethods;
  readonly trading: typeof tradingMethods;
  readonly history: typeof historyMethods;
  readonly health: typeof healthMethods;
  readonly presets: typeof presetMethods;
  readonly events: typeof eventMethods;
  readonly logs: typeof logMethods;
  readonly daemon: typeof daemonMethods;
  readonly discover: typeof discoverMethods;
}

export const METHODS = {
  ...engineMethods,
  ...tradingMethods,
  ...historyMethods,
  ...healthMethods,
  ...presetMethods,
  ...eventMethods,
  ...logMethods,
  ...daemonMethods,
  ...discoverMethods,
} as const satisfies MethodTable;

export type Methods = typeof METHODS;
export type MethodName = keyof Methods;
/** What a caller may leave out is optional here. */
export type ParamsOf<M extends MethodName> = z.input<Methods[M]['params']>;
/** What a handler gets: every default filled in. */
export type CheckedParamsOf<M extends MethodName> = z.output<Methods[M]['params']>;
export type ResultOf<M extends MethodName> = z.output<Methods[M]['result']>;
