/** An account of real money: what is checked before it is traded, and the name that it is confirmed by. */
import { createHash } from 'node:crypto';
import type { ExchangeSettings } from '../../config/settings-schema.ts';
import type { AccountBooks, Broker } from '../../venue/broker.ts';
import type { LiveAccount } from '../../venue/ccxt/account.ts';
import type { Preflight, PreflightFinding } from '../../venue/ccxt/preflight.ts';
import type { MarketFigures } from '../../venue/ccxt/tickers.ts';
import type { OpenRequest } from '../host-options.ts';
import { isOwnId } from '../keeping/client-order-id.ts';
import { Refusal } from '../refusal.ts';
import type { LiveVenue } from './live-venue.ts';
import type { ExchangeLog, MarketSide } from './market-side.ts';
import { sizeFindings } from './size-check.ts';

export interface LiveAccountOptions {
  readonly market: MarketSide;
  readonly account: LiveAccount;
  /** What the markets are worth now; null where that cannot be had. */
  readonly figures: () => Promise<ReadonlyMap<string, MarketFigures> | null>;
  readonly exchange: string;
  readonly settings: ExchangeSettings;
  readonly request: OpenRequest;
  readonly log: ExchangeLog;
}

/** @throws Refusal PREFLIGHT_REFUSED, CONFIRMATION_REQUIRED, EXCHANGE_UNREACHABLE */
export async function liveVenue(options: LiveAccountOptions): Promise<LiveVenue> {
  const { account, exchange, settings, request, log } = options;
  const { subscribe, ...market } = options.market;
  const { leverage, margin_mode: marginMode } = settings;
  const found = await account.preflight();
  const warnings = judge([...found.findings, ...(await sizes(options, found))], request);
  if (request.goesOn !== true) {
    await refuseOrphans(account);
    confirmed(found, exchange, settings, request.confirm);
  } else refuseOther(found, exchange, settings, request.account);
  // Nothing of an account is changed before it is known to be the one that is meant.
  warnings.push(...judge(await account.hold({ leverage, marginMode }), request));
  for (const warning of warnings) log('warn', warning, { exchange });
  return {
    ...market,
    warnings,
    assumed: [...market.assumed, `start equity: the ${found.free ?? '?'} that the account has free`],
    broker: account.broker,
    account: found.account,
    accountName: accountName(exchange, found.account, settings.sandbox),
    equity: found.free,
    funds: () => account.funds(),
    listen: ({ push, missed, ...listener }) => {
      account.listen({ push, missed });
      subscribe(listener);
    },
    paper: null,
  };
}

/** What the account would be too small for. Of a session that goes on nothing is free that it has tied up. */
async function sizes(
  { market, figures, settings, request }: LiveAccountOptions,
  { free }: Preflight,
): Promise<readonly PreflightFinding[]> {
  if (free === null || request.preset === undefined || request.goesOn === true) return [];
  const known = await figures();
  if (known === null) return [];
  const { preset } = request;
  return sizeFindings({
    preset,
    free,
    quote: settings.quote,
    instruments: market.instruments,
    figures: known,
  });
}

/** A session that goes on has positions to look after: it is not refused for what makes a bad beginning. */
const BAD_BEGINNINGS: ReadonlySet<string> = new Set([
  'NO_BALANCE',
  'KEY_MAY_WITHDRAW',
  'KEY_RIGHTS_UNKNOWN',
  'LEVERAGE',
  'MARGIN_MODE',
]);

/** What a session that goes on waits for: a machine that has just started may not have its time yet. */
const PASSES: ReadonlySet<string> = new Set(['CLOCK_SKEW']);

/** @returns what is no reason to refuse. @throws Refusal */
function judge(findings: Preflight['findings'], { goesOn = false }: OpenRequest): string[] {
  const refused = findings.filter(
    ({ level, code }) => level === 'refuse' && !(goesOn && BAD_BEGINNINGS.has(code)),
  );
  const unreachable = refused.find(
    ({ code }) => code === 'EXCHANGE_UNREACHABLE' || (goesOn && PASSES.has(code)),
  );
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
  const wrong = given === undefined ? '' : `${JSON.stringify(given)} is not this account: `;
  throw new Refusal(
    'CONFIRMATION_REQUIRED',
    `${wrong}this trades ${money} on account ${name} (${free ?? '?'} ${quote} free): confirm it by that name`,
    { account: name },
  );
}

/** One that goes on asks nobody again: it has been confirmed for one account, and trades no other. */
function refuseOther(
  { account }: Preflight,
  exchange: string,
  { sandbox }: ExchangeSettings,
  begunOn: string | undefined,
): void {
  const name = accountName(exchange, account, sandbox);
  if (begunOn === undefined || begunOn === name) return;
  throw new Refusal(
    'PREFLIGHT_REFUSED',
    `it was begun on account ${begunOn}, and the keys and settings of ${exchange} are those of account ${name} now (OTHER_ACCOUNT)`,
  );
}

/** Tells accounts apart and tells nothing of them. */
export function accountName(exchange: string, account: string | null, sandbox: boolean): string {
  const place = sandbox ? `${exchange}-sandbox` : exchange;
  if (account === null) return place;
  return `${place}-${createHash('sha256').update(account).digest('hex').slice(0, 8)}`;
}
