/**
 * A daemon as a process of its own whose venues put secrets into all they throw, as exchange libraries do:
 *
 *     LEAK_KNOWN     a secret that is registered, as credentials are
 *     LEAK_NAME      another, that would do as the name of a client
 *     LEAK_UNKNOWN   one that nobody registered: only the names beside it give it away
 *
 * Venue `leaks-at-open` throws when it is opened, `leaks-at-work` with its first candle, `leaks-uncaught` where
 * nobody catches it.
 */

import { resolvePaths } from '../../src/config/paths.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import { type OpenVenue, openVenue, type VenueRequest } from '../../src/session/venues.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { registerSecret } from '../../src/telemetry/secrets.ts';
import { DataError } from '../../src/venue/replay/data-error.ts';

const { LEAK_KNOWN = '', LEAK_NAME = '', LEAK_UNKNOWN = '' } = process.env;

registerSecret(LEAK_KNOWN);
registerSecret(LEAK_NAME);

function leak(): Error {
  const known = `key ${LEAK_KNOWN} (${encodeURIComponent(LEAK_KNOWN)}, ${Buffer.from(LEAK_KNOWN).toString('base64')})`;
  const request = `GET https://ann:${LEAK_UNKNOWN}@x.example/order?apiKey=${LEAK_UNKNOWN}&signature=${LEAK_UNKNOWN}`;
  const pem = `-----BEGIN PRIVATE KEY-----\n${LEAK_UNKNOWN}\n-----END PRIVATE KEY-----`;
  const cause = Object.assign(new Error(`Authorization: Bearer ${LEAK_UNKNOWN}; ${pem}`), {
    config: { headers: { 'X-KEY': LEAK_UNKNOWN } },
  });
  return Object.assign(new Error(`${request} failed: ${known} {"secret":"${LEAK_UNKNOWN}"}`, { cause }), {
    request: { body: LEAK_UNKNOWN },
  });
}

async function open(request: VenueRequest): Promise<OpenVenue> {
  if (request.venue === 'leaks-at-open') throw leak();
  const venue = await openVenue({ ...request, venue: 'sim' });
  const { source } = venue;
  const next = (): never => {
    if (request.venue === 'leaks-uncaught') setTimeout(() => Promise.reject(leak()), 0);
    throw new DataError('DATA_EMPTY_RANGE', leak().message);
  };
  return {
    ...venue,
    source: {
      ...source,
      history: (bars) => source.history(bars),
      book: (symbol) => source.book(symbol),
      next,
    },
  };
}

const log = openLog({ file: null });
// Into the supervisor's pipe as well, by another road than the daemon's own log.
log.error('beside the daemon', { error: leak(), apiKey: LEAK_UNKNOWN, bytes: Buffer.from(LEAK_UNKNOWN) });

await runDaemon({ paths: resolvePaths(), open, onReady: () => process.stdout.write('ready\n') });
