/** A session's market on a real exchange, with its account there or one on paper. */
import { type Credentials, findCredentials } from '../../config/credentials.ts';
import { DEFAULT_EXCHANGE, type ExchangeSettings } from '../../config/settings-schema.ts';
import { HOUR, SECOND } from '../../market/time.ts';
import { registerSecret } from '../../telemetry/secrets.ts';
import { loadExchange } from '../../venue/ccxt/library.ts';
import { hintFor, liveSupport } from '../../venue/ccxt/live-support.ts';
import { reasonOf } from '../../venue/ccxt/reason.ts';
import type { Timer } from '../../venue/ccxt/time.ts';
import { isA } from '../../venue/ccxt/troubles.ts';
import { VenueUnusable } from '../../venue/ccxt/unusable.ts';
import { type CcxtVenue, openCcxtVenue } from '../../venue/ccxt/venue.ts';
import { marketsOf } from '../drive.ts';
import type { OpenRequest } from '../host-options.ts';
import { Refusal } from '../refusal.ts';
import { VENUE_NAMES } from '../venues.ts';
import { liveVenue } from './live-account.ts';
import type { LiveVenue } from './live-venue.ts';
import type { ExchangeLog, MarketSide } from './market-side.ts';
import { paperVenue } from './paper-venue.ts';
import { exchangeReading } from './venue-reading.ts';

export interface ExchangeVenueOptions {
  readonly configDir: string;
  /** As `config.json` has it now. */
  readonly exchanges: () => Readonly<Record<string, ExchangeSettings | undefined>>;
  readonly log: ExchangeLog;
  readonly timer?: Timer;
  /** Where keys may be. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * @throws Refusal VENUE_UNKNOWN, CREDENTIALS_MISSING, PREFLIGHT_REFUSED, CONFIRMATION_REQUIRED, EXCHANGE_UNREACHABLE;
 * ConfigError for keys that cannot be taken
 */
export async function openExchange(request: OpenRequest, options: ExchangeVenueOptions): Promise<LiveVenue> {
  try {
    return await opened(request, options);
  } catch (error) {
    // Whoever waits for it again and again finds in the log what for.
    if (error instanceof Refusal && error.code === 'EXCHANGE_UNREACHABLE')
      options.log('warn', error.message, { exchange: request.venue });
    throw error;
  }
}

async function opened(request: OpenRequest, options: ExchangeVenueOptions): Promise<LiveVenue> {
  refuseForeign(request);
  const { venue: exchange, symbols } = request;
  if ((await loadExchange(exchange)) === null)
    throw new Refusal(
      'VENUE_UNKNOWN',
      `there is no venue ${JSON.stringify(exchange)}; there are: ${VENUE_NAMES.join(', ')}, and the exchanges that ccxt knows${hintFor(exchange, ': ')}`,
    );
  const configured = options.exchanges()[exchange] ?? DEFAULT_EXCHANGE;
  const settings = { ...configured, sandbox: request.sandbox ?? configured.sandbox };
  refuseOthers(request, settings);
  const { type, quote, sandbox, urls } = settings;
  const credentials = request.mode === 'live' ? keysFor(exchange, type, options) : undefined;
  let venue: CcxtVenue;
  try {
    venue = await openCcxtVenue({
      exchange,
      type,
      quote,
      symbols,
      credentials,
      sandbox,
      ...(urls && { urls: { rest: urls.rest, wsPublic: urls.ws_public, wsPrivate: urls.ws_private } }),
      log: options.log,
      reloadMs: settings.markets_reload_hours * HOUR,
      ...(options.timer && { timer: options.timer }),
    });
  } catch (error) {
    throw refusalOf(exchange, error);
  }
  try {
    refuseMissing(venue, request);
    const market = marketOf(venue, settings, options.log);
    return venue.account === null
      ? paperVenue(market, slowness(venue, settings))
      : await liveVenue({
          market,
          account: venue.account,
          figures: () => venue.figuresNow(),
          exchange,
          settings,
          request,
          log: options.log,
        });
  } catch (error) {
    await venue.close();
    throw error;
  }
}

/** To one that goes on, in other markets all that it holds would count as gone. */
function refuseOthers({ venue, markets }: OpenRequest, settings: ExchangeSettings): void {
  const now = marketsOf(settings);
  if (markets === undefined || markets === now) return;
  throw new Refusal(
    'PREFLIGHT_REFUSED',
    `it was begun on ${markets} markets, and the settings of ${venue} name ${now} markets now (OTHER_MARKETS)`,
  );
}

/** Nobody is sent to make keys that would be of no use. */
function keysFor(
  exchange: string,
  type: ExchangeSettings['type'],
  { configDir, env }: ExchangeVenueOptions,
): Credentials {
  const support = liveSupport(exchange, type);
  if (typeof support === 'string') throw new Refusal('VENUE_UNKNOWN', support);
  const credentials = findCredentials({ exchange, configDir, ...(env && { env }) });
  if (credentials !== null) {
    for (const value of [credentials.apiKey, credentials.secret, credentials.passphrase])
      if (value !== undefined) registerSecret(value);
    return credentials;
  }
  const prefix = `BREAKOUT_${exchange.toUpperCase()}`;
  throw new Refusal(
    'CREDENTIALS_MISSING',
    `there are no keys for ${exchange}: set ${prefix}_API_KEY and ${prefix}_SECRET, or write them into ${configDir}/${exchange}.keys (mode 0600), or have systemd load them under the name breakout-${exchange} (LoadCredential)`,
  );
}

/** What paper and live have in common: the exchange's own market. */
function marketOf(venue: CcxtVenue, settings: ExchangeSettings, log: ExchangeLog): MarketSide {
  return {
    instruments: venue.instruments,
    gone: venue.gone,
    know: (before) => venue.know(before),
    figures: venue.figures,
    assumed: venue.refused,
    clock: venue.clock,
    reading: () => exchangeReading(venue.id, settings.sandbox ? 'test' : 'real', venue.state),
    history: (bars, only) => venue.market.history(bars, only === undefined ? {} : { only }),
    priceOf: (symbol) => venue.market.priceOf(symbol)?.toString() ?? null,
    subscribe: ({ listed, ...listener }) => {
      venue.onListed(listed);
      venue.market.subscribe(
        {
          ...listener,
          corrected: (symbol, was, is) =>
            log('warn', 'the exchange has changed a closed candle', {
              symbol: venue.instruments[symbol]?.symbol,
              was,
              is,
            }),
        },
        settings.candle_grace_seconds * SECOND,
      );
    },
    close: () => {
      venue
        .close()
        .catch((error: unknown) =>
          log('warn', 'the exchange could not be left in order', { reason: String(error) }),
        );
    },
  };
}

/** That candles which are asked for one by one come too late for most markets. */
function slowness(
  { id, candlesTakeMs, instruments }: CcxtVenue,
  { candle_grace_seconds: grace }: ExchangeSettings,
): readonly string[] {
  if (candlesTakeMs <= grace * SECOND) return [];
  const takes = Math.ceil(candlesTakeMs / SECOND);
  return [
    `ccxt has no stream of candles of ${id}: to ask for those of ${instruments.length} markets takes ${takes} s after each close, and nothing is entered on one that comes later than ${grace} s (candle_grace_seconds): name fewer with --symbols`,
  ];
}

function refusalOf(exchange: string, error: unknown): unknown {
  if (error instanceof VenueUnusable) return new Refusal('VENUE_UNKNOWN', error.message, { cause: error });
  // Anything else than the library's own errors is a failure of this program.
  if (!isA(error, 'BaseError')) return error;
  return new Refusal('EXCHANGE_UNREACHABLE', `${exchange} cannot be reached: ${reasonOf(error)}`, {
    cause: error,
  });
}

/** A name that was asked for and cannot be had is no name to trade without. A session that goes on has to go on. */
function refuseMissing({ refused }: CcxtVenue, { goesOn }: OpenRequest): void {
  if (goesOn !== true && refused.length > 0) throw new Refusal('DATA_INVALID', refused.join('; '));
}

const FOREIGN = ['data', 'from', 'to', 'seed', 'speed'] as const;

function refuseForeign(request: OpenRequest): void {
  // What a session was begun with is written down with every option.
  if (request.goesOn === true) return;
  const given = FOREIGN.filter((option) => request[option] !== undefined);
  if (given.length > 0)
    throw new Refusal(
      'DATA_INVALID',
      `venue ${request.venue} takes no ${given.map((option) => `\`${option}\``).join(', ')}`,
    );
}
