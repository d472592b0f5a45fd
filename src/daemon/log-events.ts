import type { EventLog, PublishedEvent } from '../session/event-log.ts';
import type { Logger } from '../telemetry/log.ts';

/** States that an operator looks for in a log; the pipeline's own comings and goings are for subscribers. */
const NOTABLE_STATES: ReadonlySet<string> = new Set(['IDLE', 'PAUSED', 'ERROR', 'EMERGENCY', 'STOPPED']);

/** Writes what an operator wants to find in the log. @returns what ends it. */
export function logEvents(events: EventLog, log: Logger): () => void {
  return events.listen((published) => {
    const level = levelOf(published);
    if (level === null) return;
    const { seq, session, at, event } = published;
    log.log(level, event.type, { seq, session, venueAt: new Date(at).toISOString(), event });
  });
}

function levelOf({ event }: PublishedEvent): 'info' | 'warn' | 'error' | null {
  switch (event.type) {
    case 'session':
      return event.change === 'ended' && event.reason === 'failed' ? 'error' : 'info';
    case 'trade':
    case 'halt_released':
      return 'info';
    case 'halt':
    case 'dust':
    case 'warning':
      return 'warn';
    case 'state':
      if (event.to === 'ERROR' || event.to === 'EMERGENCY') return 'error';
      return NOTABLE_STATES.has(event.to) ? 'info' : null;
    default:
      return null;
  }
}
