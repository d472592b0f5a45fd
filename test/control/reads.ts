/** Every read of the table, with parameters that it takes in any state. */
import { METHODS, type MethodName, type ParamsOf } from '../../src/protocol/methods.ts';
import { PERP } from '../engine/rig.ts';

type Reads = {
  readonly [M in MethodName as (typeof METHODS)[M]['kind'] extends 'read'
    ? M
    : never]: readonly ParamsOf<M>[];
};

const { symbol } = PERP;

// Exhaustive: a read without an entry does not compile.
const BY_METHOD: Reads = {
  'engine.status': [{}],
  'engine.commands': [{}],
  'engine.metrics': [{}],
  'engine.transitions': [{}, { limit: 1 }, { since: 2, limit: 1000 }],
  'engine.explain': [{}, { symbol }],
  'engine.diagnostics': [{}],
  'engine.resourceHealth': [{}],
  'metrics.prometheus': [{}],
  'positions.list': [{}],
  'orders.list': [{}, { all: true }, { symbol, limit: 1 }],
  'reconcile.list': [{}],
  'trades.list': [{}, { limit: 1 }],
  'levels.list': [{}, { symbol }],
  'candles.list': [{ symbol }, { symbol, limit: 2 }],
  'scanner.candidates': [{}],
  'account.get': [{}],
  'sessions.list': [{}, { limit: 1, before: 1 }],
  'sessions.get': [{}],
  'sessions.checkpoints': [{}, { limit: 1, since: 0 }],
  'signals.list': [{}, { symbol, since: 0, limit: 1 }],
  'equity.series': [{}, { limit: 2, since: 0 }],
  'presets.list': [{}],
  'presets.get': [{ name: 'breakout_v1' }],
  'presets.validate': [{ preset: {} }, { text: '{' }],
  'events.subscribe': [
    { topics: ['halt'] },
    { topics: ['price', 'dust'], symbols: [symbol], since: 0, stream: 's' },
  ],
  // The first of the connection: the scene's own, of all events.
  'events.unsubscribe': [{ subscription: 1 }],
  'logs.tail': [{}, { after: 0, lines: 1, level: 'warn', component: 'engine' }],
  'logs.levels': [{}],
  'daemon.hello': [{}, { client: 'ann', protocol: { min: 1, max: 1 } }],
  'daemon.info': [{}],
  'rpc.discover': [{}],
};

export const READS: readonly (readonly [MethodName, object])[] = Object.keys(METHODS)
  .filter((name): name is keyof Reads => Object.hasOwn(BY_METHOD, name))
  .flatMap((name) => BY_METHOD[name].map((params) => [name, params] as const));
