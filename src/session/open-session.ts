import type { Engine } from '../engine/engine.ts';
import type { Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import type { KeptVenue } from '../venue/simulated/kept/kept-venue.ts';
import { Latency } from './latency.ts';
import { Lockstep, type Origin } from './lockstep.ts';
import { Pacer } from './pacer.ts';
import type { Session, StartRequest } from './session.ts';
import type { OpenVenue } from './venues.ts';

export interface SessionParts {
  readonly engine: Engine;
  readonly venue: OpenVenue;
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

/** Puts a session together; nothing has happened in it yet. */
export function openSession(parts: SessionParts): Session {
  const { engine, venue, request, startedAt, accountLock, kept } = parts;
  const source = kept ?? venue.source;
  const matching = kept ?? venue.matching;
  const speed = request.speed ?? venue.defaultSpeed;
  const lockstep = new Lockstep({
    engine,
    source,
    matching,
    observe: (input, outputs, origin) => parts.observe(session, input, outputs, origin),
    beforeSending: parts.beforeSending,
    entriesRefused: parts.entriesRefused,
  });
  const pacer = new Pacer({
    stepper: lockstep,
    speed,
    afterStep: () => parts.afterStep(session),
    onEnd: () => parts.dataEnded(session),
    onFault: (error) => parts.failed(session, error),
  });
  const session: Session = {
    id: parts.id,
    request,
    source,
    matching,
    lockstep,
    pacer,
    speed,
    latency: new Latency(),
    accountLock,
    kept,
    startedAt,
    closes: 0,
    ended: null,
  };
  return session;
}
