/** Back on the venue of a session that goes on, and what is said of it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding } from '../engine/input.ts';
import type { StatusView } from '../engine/view.ts';
import type { StoredSession } from '../journal/rows.ts';
import { backOff, MINUTE, SECOND } from '../market/time.ts';
import type { OpenRequest, RecoveryReport } from './host-options.ts';
import { type Recovered, RecoveryFailed } from './keeping/recovery.ts';
import { requestOf } from './keeping/stored-session.ts';
import { closeVenue } from './open-session.ts';
import { Refusal } from './refusal.ts';
import { differences, type Session, type StartRequest } from './session.ts';
import type { AnyVenue } from './venues.ts';

const AGAIN = { first: SECOND, most: MINUTE } as const;

/**
 * A session that goes on, with its venue open where its own books say that it stood.
 * @param waits is told why the venue is waited for, each time that it could not be had.
 * @throws RecoveryFailed when what the session trades on is no more
 */
export async function reopen(
  stored: StoredSession,
  open: (request: OpenRequest) => Promise<AnyVenue>,
  sessionOf: (venue: AnyVenue, request: StartRequest) => Session,
  waits: (reason: string) => void,
): Promise<Session> {
  const request = requestOf(stored);
  const venue = await venueOf(stored, open, waits);
  try {
    return sessionOf(venue, request);
  } catch (error) {
    closeVenue(venue);
    throw error instanceof Refusal ? cannotGoOn(stored, error) : error;
  }
}

function cannotGoOn({ id }: StoredSession, refusal: Refusal): RecoveryFailed {
  return new RecoveryFailed(
    `session ${id} still runs and cannot go on: ${refusal.message}. Put it back as it was, or move the journal out of the state folder to begin anew without that session`,
    { cause: refusal },
  );
}

async function venueOf(
  stored: StoredSession,
  open: (request: OpenRequest) => Promise<AnyVenue>,
  waits: (reason: string) => void,
): Promise<AnyVenue> {
  for (let tries = 0; ; tries += 1) {
    try {
      const { account, markets } = stored.request;
      return await open({ ...requestOf(stored), goesOn: true, account, markets });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== 'EXCHANGE_UNREACHABLE') throw cannotGoOn(stored, error);
      waits(error.message);
    }
    // A network that is not up yet when the machine starts is no matter for a person: its positions are waited for.
    await delay(backOff(AGAIN.first, AGAIN.most, tries), null, { ref: false });
  }
}

export function reportOf(
  session: Session | null,
  { steps }: Recovered,
  findings: readonly Finding[],
  { state, openPositions }: StatusView,
): RecoveryReport {
  return { session: session?.id ?? null, state, openPositions, steps, findings };
}

/** What a start is told that asks for the session which has been taken up again; null when it does not. */
export function resumedAs(
  session: Session | null,
  request: StartRequest,
  { state, openPositions }: StatusView,
): string | null {
  if (session === null || session.ended) return null;
  if (request.mode !== session.request.mode || differences(session, request).length > 0) return null;
  // Neither trades, nor will: whoever asks for a start is not to be told that it came about.
  if (state === 'ERROR' || state === 'EMERGENCY') return null;
  return `resumed session ${session.id} (${state}, ${openPositions} position${openPositions === 1 ? '' : 's'} open)`;
}
