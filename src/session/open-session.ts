import type { Engine } from '../engine/engine.ts';
import type { Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import type { KeptVenue } from '../venue/simulated/kept/kept-venue.ts';
import type { DriveHooks, Origin } from './drive.ts';
import { Latency } from './latency.ts';
import { LiveDrive } from './live/live-drive.ts';
import type { LiveVenue } from './live/live-venue.ts';
import { LockstepDrive } from './lockstep-drive.ts';
import type { Session, StartRequest } from './session.ts';
import type { AnyVenue } from './venues.ts';

export interface SessionParts {
  readonly engine: Engine;
  readonly venue: AnyVenue;
  readonly request: StartRequest;
  /** Wall time. */
  readonly startedAt: Millis;
  readonly accountLock: Disposable | null;
  readonly id: string;
  readonly kept: KeptVenue | null;
  readonly observe: (session: Session, input: Input, outputs: readonly Output[], origin: Origin) => void;
  readonly beforeSending: () => void;
  readonly entriesRefused: () => string | null;
  readonly afterStep: (session: Session) => 'go on' | 'yield' | 'stop';
  readonly dataEnded: (session: Session) => void;
  readonly failed: (session: Session, error: unknown) => void;
}

const REAL_TIME = 1;

export function isLive(venue: AnyVenue): venue is LiveVenue {
  return 'broker' in venue;
}

/** Of one that no session has come to use. */
export function closeVenue(venue: AnyVenue): void {
  if (isLive(venue)) venue.close();
}

/** Puts a session together; nothing has happened in it yet. */
export function openSession(parts: SessionParts): Session {
  const { engine, venue, request, startedAt, accountLock, kept } = parts;
  const speed = isLive(venue) ? REAL_TIME : (request.speed ?? venue.defaultSpeed);
  const hooks: DriveHooks = {
    observe: (input, outputs, origin) => parts.observe(session, input, outputs, origin),
    beforeSending: parts.beforeSending,
    entriesRefused: parts.entriesRefused,
    afterStep: () => parts.afterStep(session),
    dataEnded: () => parts.dataEnded(session),
    failed: (error) => parts.failed(session, error),
  };
  const session: Session = {
    id: parts.id,
    request,
    drive: isLive(venue)
      ? new LiveDrive({ engine, session: parts.id, venue, ...hooks })
      : new LockstepDrive({
          engine,
          source: venue.source,
          matching: venue.matching,
          kept,
          speed,
          ...hooks,
        }),
    speed,
    latency: new Latency(),
    accountLock,
    startedAt,
    closes: 0,
    ended: null,
  };
  return session;
}
