import { LOG_COMPONENTS, LOG_LEVELS } from '../../config/settings-schema.ts';
import type { CheckedParamsOf, ResultOf } from '../../protocol/methods.ts';
import { covers, type LevelChange, type LogComponent, type LogLevel } from '../../telemetry/levels.ts';
import type { LogRecord } from '../../telemetry/log-line.ts';
import type { HeldLine, LogRing } from '../../telemetry/log-ring.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { done, type HandlerContext } from './context.ts';

export function logHandlers({ log, stream }: HandlerContext): HandlersOf<'logs', Connection> {
  const control = log.component('control');
  /** The one request of each connection that waits for lines. */
  const waiting = new WeakMap<Connection, () => void>();
  const instead = (peer: Connection, stop: () => void): void => {
    if (!waiting.has(peer)) peer.closed.then(() => waiting.get(peer)?.());
    waiting.get(peer)?.();
    waiting.set(peer, stop);
  };
  return {
    'logs.tail': async (params, { peer }) => {
      const fits = filterOf(params);
      const { lines: limit, after, waitMs } = params;
      if (after === undefined) {
        const lines = log.lines.newest(limit, fits);
        return { stream, next: log.lines.seq, lines: lines.map(toWire), missed: 0 };
      }
      // Numbers of another daemon's life mean nothing here: all that this one holds comes after them.
      const from =
        params.stream === undefined || params.stream === stream ? Math.min(after, log.lines.seq) : 0;
      if (waitMs > 0) {
        await new Promise<void>((resolve) => {
          instead(peer, whenThereIsOne(log.lines, from, fits, waitMs, resolve));
        });
      }
      const { lines, upTo } = log.lines.following(from, limit, fits);
      return {
        stream,
        next: upTo,
        lines: lines.map(toWire),
        missed: Math.max(0, log.lines.oldest - from - 1),
      };
    },
    'logs.levels': () => ({
      levels: log.levels.list().map(({ until, ...view }) => ({
        ...view,
        until: until === null ? null : new Date(until).toISOString(),
      })),
    }),
    'logs.setLevel': ({ component, level, for: seconds }, { peer }) => {
      // Under the levels as they were: what makes the log say less must itself be in it.
      control.info('log levels are to change', { of: component ?? 'all', to: level, by: peer.client });
      const changed = log.levels.set(
        component ?? null,
        level,
        seconds === undefined ? null : Math.round(seconds * 1000),
      );
      return {
        ...done(saying(changed, level === 'configured' ? 'as the settings say' : holding(seconds))),
        changed,
      };
    },
  };
}

/** Calls `resolve` once: when a line fits, when the time is up, or when told to. @returns what tells it to. */
function whenThereIsOne(
  ring: LogRing,
  after: number,
  fits: (record: LogRecord) => boolean,
  waitMs: number,
  resolve: () => void,
): () => void {
  let looked = after;
  const stop = (): void => {
    clearTimeout(timer);
    unlisten();
    resolve();
  };
  const look = (): void => {
    const { lines, upTo } = ring.following(looked, 1, fits);
    if (lines.length > 0) stop();
    else looked = upTo;
  };
  const timer = setTimeout(stop, waitMs);
  const unlisten = ring.listen(look);
  look();
  return stop;
}

function filterOf(params: CheckedParamsOf<'logs.tail'>): (record: LogRecord) => boolean {
  const { level, component, ref, since } = params;
  const from = since === undefined ? null : new Date(since).toISOString();
  return (record) =>
    (level === undefined || covers(level, levelOf(record.level) ?? 'error')) &&
    (component === undefined || record.component === component) &&
    (ref === undefined || record.ref === ref) &&
    (from === null || (typeof record.timestamp === 'string' && record.timestamp >= from));
}

const levelOf = (value: unknown): LogLevel | undefined => LOG_LEVELS.find((level) => level === value);
const componentOf = (value: unknown): LogComponent | undefined =>
  LOG_COMPONENTS.find((component) => component === value);

function toWire(line: HeldLine): ResultOf<'logs.tail'>['lines'][number] {
  const level = levelOf(line.level);
  const component = componentOf(line.component);
  if (!level || !component)
    throw new Error(`a line of the log has level ${line.level}, component ${line.component}`);
  return { ...line, level, component };
}

function holding(seconds: number | undefined): string {
  return seconds === undefined ? 'until the daemon ends' : `for ${seconds} s`;
}

/** `engine: info -> debug, for 600 s`. */
function saying(changed: readonly LevelChange[], how: string): string {
  const [first] = changed;
  if (first === undefined) return 'the levels are as they were';
  const alike = changed.every(({ from, to }) => from === first.from && to === first.to);
  const names = changed.map(({ component }) => component).join(', ');
  const which = alike
    ? `${changed.length === LOG_COMPONENTS.length ? 'all components' : names}: ${first.from} -> ${first.to}`
    : changed.map(({ component, from, to }) => `${component}: ${from} -> ${to}`).join(', ');
  return `${which}, ${how}`;
}
