import type { EventLog, PublishedEvent } from '../session/event-log.ts';
import type { LogComponent, LogLevel } from '../telemetry/levels.ts';
import type { Log } from '../telemetry/log.ts';

/** States that an operator looks for in a log; the pipeline's own comings and goings are for subscribers. */
const NOTABLE_STATES: ReadonlySet<string> = new Set(['IDLE', 'PAUSED', 'ERROR', 'EMERGENCY', 'STOPPED']);

/**
 * Writes what an operator wants to find in the log; at level debug, everything that is announced. What a command
 * causes at once carries its reference. @returns what ends it.
 */
export function logEvents(events: EventLog, log: Log): () => void {
  const loggers = {
    session: log.component('session'),
    engine: log.component('engine'),
    execution: log.component('execution'),
  };
  return events.listen((published) => {
    const logger = loggers[componentOf(published)];
    const level = levelOf(published);
    if (!logger.enabled(level)) return;
    const { seq, session, at, event } = published;
    logger.log(level, titleOf(event), { seq, session, venueAt: new Date(at).toISOString(), event });
  });
}

/** What it is at a glance; the event itself has the rest. */
function titleOf(event: PublishedEvent['event']): string {
  switch (event.type) {
    case 'state':
      return `state ${event.from} -> ${event.to}`;
    case 'session':
      return `session ${event.change}`;
    case 'halt':
      return `halt ${event.rule}`;
    case 'health':
      return `health ${event.was} -> ${event.status}`;
    case 'warning':
      return `warning ${event.code}`;
    case 'order':
      return `order ${event.status}`;
    case 'position':
      return `position ${event.change}`;
    default:
      return event.type;
  }
}

function componentOf({ event }: PublishedEvent): LogComponent & ('session' | 'engine' | 'execution') {
  switch (event.type) {
    case 'session':
      return 'session';
    case 'order':
    case 'fill':
    case 'position':
    case 'trade':
    case 'dust':
      return 'execution';
    default:
      return 'engine';
  }
}

function levelOf({ event }: PublishedEvent): LogLevel {
  switch (event.type) {
    case 'session':
      return event.change === 'ended' && event.reason === 'failed' ? 'error' : 'info';
    case 'trade':
    case 'halt_released':
      return 'info';
    case 'health':
      return event.status === 'healthy' ? 'info' : event.status === 'warning' ? 'warn' : 'error';
    case 'halt':
    case 'dust':
    case 'warning':
      return 'warn';
    case 'state':
      if (event.to === 'ERROR' || event.to === 'EMERGENCY') return 'error';
      return NOTABLE_STATES.has(event.to) ? 'info' : 'debug';
    default:
      return 'debug';
  }
}
