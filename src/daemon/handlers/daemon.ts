import { statSync } from 'node:fs';
import { packageInfo } from '../../config/package.ts';
import { PROTOCOL } from '../../protocol/version.ts';
import { VENUE_NAMES } from '../../session/venues.ts';
import { redactText } from '../../telemetry/secrets.ts';
import type { Connection } from '../connection.ts';
import { type HandlersOf, METHOD_NAMES } from '../dispatcher.ts';
import { done, type HandlerContext } from './context.ts';

/** Permission bits as they are written in octal, or null when the file is gone. */
function modeOf(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? (found.mode & 0o777).toString(8).padStart(4, '0') : null;
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

export function daemonHandlers(context: HandlerContext): HandlersOf<'daemon', Connection> {
  const { host, paths, stream } = context;
  return {
    'daemon.hello': ({ client, protocol }, { peer, allowance }) => {
      // It is recorded and shown as the author of commands.
      if (client !== undefined) peer.client = redactText(client);
      if (protocol !== undefined) allowance.speaks(protocol);
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
      metricsUrl: context.monitoring.metricsUrl,
      readOnlySocket: context.server().hasReadOnly,
      socketMode: modeOf(paths.socketPath),
      supervisor: context.supervision.supervisor,
      watchdogSeconds: secondsOf(context.supervision.watchdogMs),
      stuck: context.supervision.stuck,
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
