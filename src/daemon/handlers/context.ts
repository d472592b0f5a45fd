import type { Paths } from '../../config/paths.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import type { SessionHost } from '../../session/host.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ControlServer } from '../control-server.ts';
import type { Monitoring } from '../monitoring.ts';
import type { Supervision } from '../supervision.ts';

/** What the handlers work with: built once, where the daemon is put together. */
export interface HandlerContext {
  readonly host: SessionHost;
  readonly paths: Paths;
  readonly log: Log;
  readonly monitoring: Monitoring;
  readonly supervision: Supervision;
  /** As they are now: a reload changes them. */
  readonly settings: () => Settings;
  /** The stream that sequence numbers count in. */
  readonly stream: string;
  readonly startedAt: number;
  readonly server: () => ControlServer;
  /** Reads settings and presets again. @returns what came of it. @throws RpcError RELOAD_INVALID */
  readonly reload: (by: string) => string;
  /** Begins the end of the daemon. */
  readonly stop: (by: string) => void;
}

export function done(message: string): ResultOf<'engine.stop'> {
  return { success: true, message, timestamp: new Date().toISOString() };
}
