/** What each method of the table does. Parameters come checked, defaults filled in. */
import { packageInfo } from '../config/package.ts';
import type { Paths } from '../config/paths.ts';
import { listPresets } from '../config/preset-list.ts';
import { loadPreset } from '../config/presets.ts';
import { RpcError } from '../protocol/errors.ts';
import { PROTOCOL, type ResultOf } from '../protocol/methods.ts';
import type { MetricsResult, StatusResult } from '../protocol/views.ts';
import type { SessionHost } from '../session/host.ts';
import { VENUE_NAMES } from '../session/venues.ts';
import { type Connection, MAX_SUBSCRIPTIONS } from './connection.ts';
import type { ControlServer } from './control-server.ts';
import { type Handlers, METHOD_NAMES } from './dispatcher.ts';
import { Subscription } from './subscription.ts';

export interface HandlerContext {
  readonly host: SessionHost;
  readonly paths: Paths;
  /** The stream that sequence numbers count in. */
  readonly stream: string;
  readonly startedAt: number;
  readonly server: () => ControlServer;
  /** Begins the end of the daemon. */
  readonly stop: (by: string) => void;
}

export function handlers(context: HandlerContext): Handlers<Connection> {
  const { host, paths, stream } = context;
  let lastSubscription = 0;
  return {
    'engine.status': () => statusOf(host),
    'engine.start': async ({ preset, from, to, ...request }, { peer }) =>
      done(
        await host.start(
          {
            ...request,
            preset: loadPreset(preset, paths.configDir),
            from: from === undefined ? undefined : Date.parse(from),
            to: to === undefined ? undefined : Date.parse(to),
          },
          peer.client,
        ),
      ),
    'engine.stop': async ({ flatten }, { peer }) =>
      done(await host.command({ name: 'stop', flatten }, peer.client)),
    'engine.pause': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'pause', reason }, peer.client)),
    'engine.resume': async (_, { peer }) => done(await host.command({ name: 'resume' }, peer.client)),
    'engine.emergencyStop': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'emergencyStop', reason }, peer.client)),
    'engine.reset': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'reset', reason }, peer.client)),
    'engine.retry': async (_, { peer }) => done(await host.command({ name: 'retry' }, peer.client)),
    'engine.commands': () => ({ commands: host.commands() }),
    'engine.metrics': () => metricsOf(host),
    'engine.transitions': ({ since, limit }) => ({ transitions: host.transitions(since, limit) }),
    'positions.list': () => ({ positions: host.positions() }),
    'trades.list': () => ({
      session: host.status().session,
      trades: host.trades(),
      openPositions: host.positions(),
    }),
    'presets.list': () => ({
      presets: listPresets(paths.configDir),
    }),

    'events.subscribe': ({ topics, since, stream: asked }, { peer, after }) => {
      if (peer.subscriptions.size >= MAX_SUBSCRIPTIONS) {
        throw RpcError.of('TOO_MANY_SUBSCRIPTIONS', `this connection has ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      const { events } = host;
      const known = asked === undefined || asked === stream;
      const complete = since === undefined || (known && since <= events.seq && since >= events.oldest - 1);
      lastSubscription += 1;
      const subscription = new Subscription({
        id: lastSubscription,
        stream,
        events,
        topics: topics ? new Set(topics) : null,
        after: since !== undefined && complete ? since : events.seq,
        sink: peer,
        onLagged: (line) => peer.end(line),
      });
      peer.subscriptions.set(subscription.id, subscription);
      after(() => subscription.start());
      return {
        subscription: subscription.id,
        stream,
        seq: events.seq,
        complete,
        snapshot: { status: statusOf(host), positions: host.positions() },
      };
    },
    'events.unsubscribe': ({ subscription: id }, { peer }) => {
      const subscription = peer.subscriptions.get(id);
      if (!subscription) {
        throw RpcError.of('UNKNOWN_SUBSCRIPTION', `this connection has no subscription ${id}`);
      }
      subscription.stop();
      peer.subscriptions.delete(id);
      return { lastSeq: subscription.lastSeq };
    },

    'daemon.hello': ({ client }, { peer }) => {
      if (client !== undefined) peer.client = client;
      return {
        name: 'breakout',
        version: packageInfo().version,
        protocol: PROTOCOL,
        instance: paths.instance,
        pid: process.pid,
      };
    },
    'daemon.info': () => ({
      version: packageInfo().version,
      node: process.version,
      instance: paths.instance,
      pid: process.pid,
      startedAt: new Date(context.startedAt).toISOString(),
      uptime: (Date.now() - context.startedAt) / 1000,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
      connections: context.server().connections.size,
      subscribers: context.server().subscribers,
      stream,
      seq: host.events.seq,
      methods: METHOD_NAMES,
      venues: VENUE_NAMES,
    }),
    'daemon.stop': (_, { peer, after }) => {
      after(() => context.stop(peer.client));
      return done('the daemon is stopping; positions are left as they are');
    },
  };
}

function done(message: string): ResultOf<'engine.stop'> {
  return { success: true, message, timestamp: new Date().toISOString() };
}

function statusOf(host: SessionHost): StatusResult {
  const { startedAt, ...status } = host.status();
  return { ...status, startedAt: startedAt === null ? null : new Date(startedAt).toISOString() };
}

/** Before the first start nothing has been counted: the counters are zero, and there is no equity. */
const NOTHING_COUNTED = {
  cycleCount: 0,
  scans: 0,
  totalSignals: 0,
  totalTrades: 0,
  dailyPnlR: 0,
  totalR: 0,
  maxDrawdownR: 0,
  fees: '0',
  netProfit: '0',
  equity: null,
  bars: 0,
  gaps: 0,
  missingBars: 0,
  lateBars: 0,
} as const;

function metricsOf(host: SessionHost): MetricsResult {
  const { engine, ...measured } = host.metrics();
  return { ...(engine ?? NOTHING_COUNTED), ...measured };
}
