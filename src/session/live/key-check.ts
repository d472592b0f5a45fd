/**
 * Whether an exchange could be traded live as things stand: where its keys are, and what the exchange says of them.
 * Nothing is ordered, set or listened to, so a daemon that trades on the same account is not disturbed.
 */
import { ConfigError } from '../../config/config-error.ts';
import {
  type CredentialPlace,
  type CredentialPlaces,
  type Credentials,
  credentialPlaces,
} from '../../config/credentials.ts';
import { DEFAULT_EXCHANGE, type ExchangeSettings } from '../../config/settings-schema.ts';
import { redactText, registerSecret } from '../../telemetry/secrets.ts';
import type { KeyFacts } from '../../venue/ccxt/dialect.ts';
import { liveSupport } from '../../venue/ccxt/live-support.ts';
import { reasonOf } from '../../venue/ccxt/reason.ts';
import { isA } from '../../venue/ccxt/troubles.ts';
import { VenueUnusable } from '../../venue/ccxt/unusable.ts';
import { openCcxtVenue } from '../../venue/ccxt/venue.ts';
import type { Skew } from '../../venue/ccxt/venue-clock.ts';
import { type KeyFindingCode, mendOf } from './key-mends.ts';
import { accountName } from './live-account.ts';

export interface KeyFinding {
  /** `refuse`: a live start would be refused. */
  readonly level: 'refuse' | 'warn';
  readonly code: KeyFindingCode;
  readonly message: string;
  /** What mends it. */
  readonly mend: string;
}

/** One place in which keys were looked for; no character of a key is in it. */
export interface KeyPlace {
  readonly place: CredentialPlace['place'];
  readonly where: string | null;
  /** `used`: these are the ones; `hidden`: there are some, and a place before it has them too. */
  readonly state: 'used' | 'hidden' | 'none' | 'unusable';
  readonly problem: string | null;
}

export interface KeyCheck {
  readonly exchange: string;
  readonly environment: 'real' | 'test';
  /** Where it is reached instead of its own addresses. */
  readonly address: string | null;
  readonly type: ExchangeSettings['type'];
  readonly quote: string;
  readonly places: readonly KeyPlace[];
  /** What the exchange says; null where it was not asked, or says nothing. */
  readonly valid: boolean | null;
  readonly key: Omit<KeyFacts, 'account' | 'unfit'> | null;
  readonly positionMode: 'one-way' | 'hedge' | null;
  readonly marginMode: string | null;
  readonly free: string | null;
  readonly clock: Skew | null;
  /** As `--confirm` takes it. */
  readonly account: string | null;
  readonly findings: readonly KeyFinding[];
  /** A live start would not be refused for any of it. */
  readonly ok: boolean;
}

export interface KeyCheckOptions extends CredentialPlaces {
  readonly settings: ExchangeSettings | undefined;
}

/** Where keys were looked for. @throws ConfigError for a name that no exchange can have */
export function keyPlaces(places: CredentialPlaces): readonly KeyPlace[] {
  return lookedFor(places).shown;
}

/** @throws ConfigError for a name that no exchange can have */
export async function checkKeys(options: KeyCheckOptions): Promise<KeyCheck> {
  const { exchange, settings = DEFAULT_EXCHANGE } = options;
  const { shown, credentials } = lookedFor(options);
  const about = {
    exchange,
    environment: settings.sandbox ? ('test' as const) : ('real' as const),
    address: settings.urls?.rest ?? null,
    type: settings.type,
    quote: settings.quote,
    places: shown,
  };
  const support = liveSupport(exchange, settings.type);
  // Whoever made keys for it would have made them in vain.
  if (typeof support === 'string')
    return { ...about, ...NOT_ASKED, findings: [unknownVenue(support)], ok: false };
  if (credentials === null) {
    const bad = shown.find(({ state }) => state === 'unusable');
    const finding = bad === undefined ? noKeys(options) : unusable(bad);
    return { ...about, ...NOT_ASKED, findings: [finding], ok: false };
  }
  for (const value of [credentials.apiKey, credentials.secret, credentials.passphrase])
    if (value !== undefined) registerSecret(value);
  const asked = await ask(exchange, settings, credentials);
  return { ...about, ...asked, ok: asked.findings.every(({ level }) => level !== 'refuse') };
}

type Asked = Omit<KeyCheck, 'exchange' | 'environment' | 'address' | 'type' | 'quote' | 'places' | 'ok'>;

const NOT_ASKED: Omit<Asked, 'findings'> = {
  valid: null,
  key: null,
  positionMode: null,
  marginMode: null,
  free: null,
  clock: null,
  account: null,
};

function lookedFor(places: CredentialPlaces): {
  readonly shown: readonly KeyPlace[];
  readonly credentials: Credentials | null;
} {
  let credentials: Credentials | null = null;
  // What cannot be taken stops the search, as it does for the daemon.
  let stopped = false;
  const shown = credentialPlaces(places).map(({ place, where, read }): KeyPlace => {
    try {
      const found = read();
      if (found === null) return { place, where, state: 'none', problem: null };
      if (stopped || credentials !== null) return { place, where, state: 'hidden', problem: null };
      credentials = found;
      return { place, where, state: 'used', problem: null };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      stopped ||= credentials === null;
      return { place, where, state: 'unusable', problem: error.message };
    }
  });
  return { shown, credentials };
}

async function ask(exchange: string, settings: ExchangeSettings, credentials: Credentials): Promise<Asked> {
  const { type, quote, sandbox, urls } = settings;
  try {
    const venue = await openCcxtVenue({
      exchange,
      type,
      quote,
      credentials,
      sandbox,
      ...(urls && { urls: { rest: urls.rest, wsPublic: urls.ws_public, wsPrivate: urls.ws_private } }),
    });
    try {
      if (venue.account === null) throw new Error('an exchange with keys has no account');
      const found = await venue.account.preflight();
      const { key, findings, free, hedged } = found;
      return {
        valid:
          key === null && findings.some(({ code }) => code === 'EXCHANGE_UNREACHABLE') ? null : key !== null,
        key: key && {
          mayTrade: key.mayTrade,
          mayWithdraw: key.mayWithdraw,
          expires: key.expires,
          boundToAddresses: key.boundToAddresses,
        },
        positionMode: hedged === null ? null : hedged ? 'hedge' : 'one-way',
        marginMode: key === null ? null : await venue.account.marginMode(),
        free,
        clock: venue.skew,
        account: key === null ? null : accountName(exchange, key.account, sandbox),
        findings: findings.map((finding) => ({
          ...finding,
          // Some exchanges answer with what was signed, the key with it.
          message: redactText(finding.message),
          mend: mendOf(finding.code),
        })),
      };
    } finally {
      await venue.close();
    }
  } catch (error) {
    return { ...NOT_ASKED, findings: [notOpened(exchange, error)] };
  }
}

function notOpened(exchange: string, error: unknown): KeyFinding {
  if (error instanceof VenueUnusable) return unknownVenue(error.message);
  // Anything else than the library's own errors is a failure of this program.
  if (!isA(error, 'BaseError')) throw error;
  return {
    level: 'refuse',
    code: 'EXCHANGE_UNREACHABLE',
    message: redactText(`${exchange} cannot be reached: ${reasonOf(error)}`),
    mend: mendOf('EXCHANGE_UNREACHABLE'),
  };
}

function unknownVenue(message: string): KeyFinding {
  return { level: 'refuse', code: 'VENUE_UNKNOWN', message, mend: mendOf('VENUE_UNKNOWN') };
}

function noKeys({ exchange, configDir }: KeyCheckOptions): KeyFinding {
  return {
    level: 'refuse',
    code: 'NO_KEYS',
    message: `there are no keys for ${exchange}`,
    mend: `write them into ${configDir}/${exchange}.keys (mode 0600), or set BREAKOUT_${exchange.toUpperCase()}_API_KEY and …_SECRET, or have systemd load them as breakout-${exchange}: \`breakout keys --help\``,
  };
}

function unusable({ problem }: KeyPlace): KeyFinding {
  const message = problem ?? '';
  const mend =
    /: (ch(?:mod|own) .*)$/.exec(message)?.[1] ?? 'mend it; nothing else is looked for while it is there';
  return { level: 'refuse', code: 'KEYS_UNUSABLE', message, mend };
}
