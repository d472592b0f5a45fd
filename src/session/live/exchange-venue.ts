/** A session on a real exchange: its keys, the checks before real money is traded, and the account it names. */
import { createHash } from 'node:crypto';
import { findCredentials } from '../../config/credentials.ts';
import { DEFAULT_EXCHANGE, type ExchangeSettings } from '../../config/settings-schema.ts';
import { SECOND } from '../../market/time.ts';
import type { AccountBooks, Broker } from '../../venue/broker.ts';
import type { Preflight } from '../../venue/ccxt/preflight.ts';
import type { Timer } from '../../venue/ccxt/time.ts';
import { type CcxtVenue, type LiveAccount, openCcxtVenue, VenueUnusable } from '../../venue/ccxt/venue.ts';
import type { OpenRequest } from '../host-options.ts';
import { isOwnId } from '../keeping/client-order-id.ts';
import { Refusal } from '../refusal.ts';
import type { LiveVenue } from './live-venue.ts';

export interface ExchangeVenueOptions {
  readonly configDir: string;
  /** As `config.json` has it now. */
  readonly exchanges: () => Readonly<Record<string, ExchangeSettings | undefined>>;
  readonly log: (level: 'warn' | 'info', message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly timer?: Timer;
  /** Where keys may be. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * @throws Refusal VENUE_UNKNOWN, CREDENTIALS_MISSING, PREFLIGHT_REFUSED, CONFIRMATION_REQUIRED, EXCHANGE_UNREACHABLE;
 * ConfigError for keys that cannot be taken
 */
export async function openExchange(request: OpenRequest, options: ExchangeVenueOptions): Promise<LiveVenue> {
  refuseForeign(request);
  const { venue: exchange, symbols } = request;
  const settings = options.exchanges()[exchange] ?? DEFAULT_EXCHANGE;
  const { type, quote, sandbox, urls } = settings;
  const credentials = findCredentials({
    exchange,
    configDir: options.configDir,
    ...(options.env && { env: options.env }),
  });
  if (credentials === null) throw new Refusal('CREDENTIALS_MISSING', missing(exchange, options.configDir));
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
      ...(options.timer && { timer: options.timer }),
    });
  } catch (error) {
    throw refusalOf(exchange, error);
  }
  try {
    return await live(venue, request, settings, options);
  } catch (error) {
    await venue.close();
    throw error;
  }
}

async function live(
  venue: CcxtVenue,
  request: OpenRequest,
  settings: ExchangeSettings,
  { log }: ExchangeVenueOptions,
): Promise<LiveVenue> {
  const { account } = venue;
  if (account === null) throw new Error('an exchange that was opened with keys has an account');
  const { leverage, margin_mode: marginMode } = settings;
  const found = await account.preflight({ leverage, marginMode });
  const warnings = judge(found, request);
  for (const warning of warnings) log('warn', warning, { exchange: venue.id });
  if (request.goesOn !== true) {
    await refuseOrphans(account);
    confirmed(found, venue.id, settings, request.confirm);
  }
  return {
    kind: 'live',
    instruments: venue.instruments,
    figures: venue.figures,
    assumed: [...venue.refused, ...warnings],
    broker: account.broker,
    clock: venue.clock,
    account: found.account,
    equity: found.free,
    history: (bars) => venue.market.history(bars),
    priceOf: (symbol) => venue.market.priceOf(symbol)?.toString() ?? null,
    free: () => account.free(),
    listen: ({ push, missed, ...market }) => {
      account.listen({ push, missed });
      venue.market.subscribe(
        {
          ...market,
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

/** A session that goes on has positions to look after: it is not refused for what makes a bad beginning. */
const BAD_BEGINNINGS: ReadonlySet<string> = new Set([
  'NO_BALANCE',
  'KEY_MAY_WITHDRAW',
  'LEVERAGE',
  'MARGIN_MODE',
]);

/** @returns what is no reason to refuse. @throws Refusal */
function judge({ findings }: Preflight, { goesOn = false }: OpenRequest): string[] {
  const refused = findings.filter(
    ({ level, code }) => level === 'refuse' && !(goesOn && BAD_BEGINNINGS.has(code)),
  );
  const unreachable = refused.find(({ code }) => code === 'EXCHANGE_UNREACHABLE');
  if (unreachable !== undefined) throw new Refusal('EXCHANGE_UNREACHABLE', unreachable.message);
  if (refused.length > 0)
    throw new Refusal(
      'PREFLIGHT_REFUSED',
      refused.map(({ code, message }) => `${message} (${code})`).join('; '),
    );
  return findings.filter((finding) => !refused.includes(finding)).map(({ message }) => message);
}

/** Orders of an earlier session that nobody looks after any more would act beside this one's. */
async function refuseOrphans({ broker }: LiveAccount): Promise<void> {
  const books = await accountOf(broker);
  if (books === null)
    throw new Refusal('EXCHANGE_UNREACHABLE', 'the open orders of the account cannot be had');
  const orphans = books.open.filter(({ clientId }) => clientId !== null && isOwnId(clientId));
  if (orphans.length === 0) return;
  const list = orphans.map(({ symbol, clientId }) => `${symbol} ${clientId}`).join(', ');
  throw new Refusal(
    'PREFLIGHT_REFUSED',
    `orders of an earlier session are still open (${list}): cancel them at the exchange (ORPHAN_ORDERS)`,
  );
}

/** Positions and orders are read one after the other: they may have changed meanwhile. */
const LOOKS = 5;

async function accountOf(broker: Broker): Promise<AccountBooks | null> {
  for (let look = 0; look < LOOKS; look += 1) {
    const books = await new Promise<AccountBooks | null>((resolve) => broker.account(resolve));
    if (books !== null) return books;
  }
  return null;
}

function confirmed(
  { account, free }: Preflight,
  exchange: string,
  { quote, sandbox }: ExchangeSettings,
  given: string | undefined,
): void {
  const name = accountName(exchange, account, sandbox);
  if (given === name) return;
  const money = sandbox ? 'play money of the test environment' : 'real money';
  throw new Refusal(
    'CONFIRMATION_REQUIRED',
    `this trades ${money} on account ${name} (${free ?? '?'} ${quote} free): confirm it by that name`,
  );
}

/** Tells accounts apart and tells nothing of them. */
function accountName(exchange: string, account: string | null, sandbox: boolean): string {
  const place = sandbox ? `${exchange}-sandbox` : exchange;
  if (account === null) return place;
  return `${place}-${createHash('sha256').update(account).digest('hex').slice(0, 8)}`;
}

function missing(exchange: string, configDir: string): string {
  const env = `BREAKOUT_${exchange.toUpperCase()}`;
  return `there are no keys for ${exchange}: set ${env}_API_KEY and ${env}_SECRET, or write them into ${configDir}/${exchange}.keys (mode 0600), or give systemd's LoadCredential=breakout-${exchange}`;
}

function refusalOf(exchange: string, error: unknown): unknown {
  if (error instanceof VenueUnusable) return new Refusal('VENUE_UNKNOWN', error.message, { cause: error });
  if (!(error instanceof Error)) return error;
  return new Refusal('EXCHANGE_UNREACHABLE', `${exchange} cannot be reached: ${error.message}`, {
    cause: error,
  });
}

const FOREIGN = ['data', 'from', 'to', 'seed'] as const;

function refuseForeign(request: OpenRequest): void {
  const given = FOREIGN.filter((option) => request[option] !== undefined);
  if (given.length > 0)
    throw new Refusal(
      'DATA_INVALID',
      `venue ${request.venue} takes no ${given.map((option) => `\`${option}\``).join(', ')}`,
    );
}
