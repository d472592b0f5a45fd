import type { Paths } from '../config/paths.ts';
import type { OpenRequest } from '../session/host-options.ts';
import { type ExchangeVenueOptions, openExchange } from '../session/live/exchange-venue.ts';
import { type AnyVenue, openVenue, PAPER_ONLY } from '../session/venues.ts';
import type { Logger } from '../telemetry/log.ts';
import type { LiveSettings } from './live-settings.ts';

export interface VenueOpenerOptions {
  readonly paths: Paths;
  readonly settings: LiveSettings;
  readonly log: Logger;
  readonly timer?: ExchangeVenueOptions['timer'];
}

/** Opens the daemon's own venues by their names, and exchanges by those that ccxt has for them. */
export function venueOpener(options: VenueOpenerOptions): (request: OpenRequest) => Promise<AnyVenue> {
  const { paths, settings, log, timer } = options;
  return (request) =>
    PAPER_ONLY.has(request.venue)
      ? openVenue(request)
      : openExchange(request, {
          configDir: paths.configDir,
          exchanges: () => settings.current.exchanges,
          log: (level, message, fields) => log[level](message, fields),
          ...(timer && { timer }),
        });
}
