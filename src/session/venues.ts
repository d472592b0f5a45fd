/** The venues that a session can trade on: what each one needs, checks and opens. */

import type { Mode } from '../engine/input.ts';
import { toMarket } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import type { BarSource, Matching } from '../venue/ports.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { openRecording } from '../venue/replay/open-recording.ts';
import { generatedMarket } from '../venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../venue/simulated/matching.ts';
import type { LiveVenue } from './live/live-venue.ts';
import { Refusal } from './refusal.ts';

export interface VenueRequest {
  readonly venue: string;
  readonly mode?: Mode | undefined;
  /** live: names the account. */
  readonly confirm?: string | undefined;
  /** An exchange: its own test environment, whatever the settings say. */
  readonly sandbox?: boolean | undefined;
  /** replay: absolute path of the folder of candles. */
  readonly data?: string | undefined;
  readonly symbols?: readonly string[] | undefined;
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
  /** sim: which of the generated markets. */
  readonly seed?: number | undefined;
  /** Venue time over wall time; 0 = as fast as it goes; undefined = the venue's own. */
  readonly speed?: number | undefined;
}

export interface OpenVenue {
  readonly source: BarSource;
  readonly matching: Matching;
  /**
   * What tells the account apart from every other at this venue, such as the id of its key; null where there is none
   * (`sim`, `replay`). It is never shown, logged or written as it is.
   */
  readonly account: string | null;
  /** Used when the request names none. */
  readonly defaultSpeed: number;
}

/** Simulated matching on candles in lock-step, or a venue that goes by its own clock. */
export type AnyVenue = OpenVenue | LiveVenue;

type OpenVenueFunction = (request: VenueRequest) => Promise<OpenVenue>;

/** Twelve five-minute candles a second: an hour of the market passes in one, and trades come within half a minute. */
const SIM_SPEED = 3600;
const REPLAY_SPEED = 1200;
const DEFAULT_SEED = 1;

const VENUES: ReadonlyMap<string, OpenVenueFunction> = new Map([
  ['sim', openSim],
  ['replay', openReplay],
]);

export const VENUE_NAMES: readonly string[] = [...VENUES.keys()];

/** Venues that have no account to trade live. */
export const PAPER_ONLY: ReadonlySet<string> = new Set(VENUE_NAMES);

/** @throws Refusal VENUE_UNKNOWN or DATA_INVALID; the message says what is wrong and where. */
export async function openVenue(request: VenueRequest): Promise<OpenVenue> {
  const open = VENUES.get(request.venue);
  if (!open) {
    throw new Refusal(
      'VENUE_UNKNOWN',
      `there is no venue ${JSON.stringify(request.venue)}; there are: ${VENUE_NAMES.join(', ')}`,
    );
  }
  return open(request);
}

async function openSim(request: VenueRequest): Promise<OpenVenue> {
  refuseForeign(request, ['data', 'from', 'to', 'sandbox']);
  try {
    const source = generatedMarket({
      seed: request.seed ?? DEFAULT_SEED,
      ...(request.symbols && { symbols: request.symbols }),
    });
    return { source, matching: matchingFor(source), account: null, defaultSpeed: SIM_SPEED };
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('DATA_INVALID', error.message, { cause: error });
    throw error;
  }
}

async function openReplay(request: VenueRequest): Promise<OpenVenue> {
  refuseForeign(request, ['seed', 'sandbox']);
  if (request.data === undefined) {
    throw new Refusal('DATA_INVALID', 'replay needs `data`: the folder of recorded candles');
  }
  try {
    const source = await openRecording({
      folder: request.data,
      symbols: request.symbols,
      from: request.from,
      to: request.to,
    });
    return { source, matching: matchingFor(source), account: null, defaultSpeed: REPLAY_SPEED };
  } catch (error) {
    if (error instanceof DataError) throw new Refusal('DATA_INVALID', error.message, { cause: error });
    throw error;
  }
}

function matchingFor(source: BarSource): Matching {
  return simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
}

/** An option that a venue does not know would otherwise be dropped without a word. */
function refuseForeign(request: VenueRequest, options: readonly (keyof VenueRequest)[]): void {
  const given = options.filter((option) => request[option] !== undefined);
  if (given.length > 0) {
    throw new Refusal(
      'DATA_INVALID',
      `venue ${request.venue} takes no ${given.map((o) => `\`${o}\``).join(', ')}`,
    );
  }
}
