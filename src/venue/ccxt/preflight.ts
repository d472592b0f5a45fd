/** What has to be so before real money is traded on an account, and whether it is. */
import { apart } from '../../market/apart.ts';
import type { InstrumentType } from '../../market/instrument.ts';
import { orderAbilities } from './abilities.ts';
import { setTerms, type TermsOptions } from './account-terms.ts';
import type { Dialect, KeyFacts } from './dialect.ts';
import type { CcxtExchange } from './exchange.ts';
import { fundsOf } from './funds.ts';
import { reasonOf } from './reason.ts';
import { type Trouble, troubleOf } from './troubles.ts';
import type { Skew } from './venue-clock.ts';

export interface PreflightFinding {
  readonly level: 'refuse' | 'warn';
  readonly code:
    | 'KEY_REFUSED'
    | 'KEY_MAY_WITHDRAW'
    | 'KEY_MAY_NOT_TRADE'
    | 'KEY_RIGHTS_UNKNOWN'
    | 'KEY_EXPIRES'
    | 'KEY_FROM_ANYWHERE'
    | 'ACCOUNT_UNFIT'
    | 'CLOCK_SKEW'
    | 'HEDGE_MODE'
    | 'MARGIN_MODE'
    | 'LEVERAGE'
    | 'NO_STOP_ORDERS'
    | 'NO_BALANCE'
    | 'ORDERS_TOO_SMALL'
    | 'TARGETS_TOO_SMALL'
    | 'EXCHANGE_UNREACHABLE';
  readonly message: string;
}

export interface Preflight {
  /** What tells the account apart: for locks and hashes, never to be shown. */
  readonly account: string | null;
  /** Free in the quote coin, an exact decimal; null when it cannot be had. */
  readonly free: string | null;
  readonly hedged: boolean | null;
  /** What the exchange tells of the key; null when it cannot be asked. */
  readonly key: KeyFacts | null;
  readonly findings: readonly PreflightFinding[];
}

export interface PreflightOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly type: InstrumentType;
  readonly quote: string;
  readonly symbols: readonly string[];
  readonly skew: Skew | null;
  readonly now: number;
}

/** Signatures go by the exchange's own time, so a wall clock that is off does harm to logs and days alone. */
const SKEW_WARN_MS = 1_000;
/** A time that is not known better than that puts requests outside of what the exchange takes. */
const SKEW_ERROR_MS = 2_000;
const EXPIRY_WARN_MS = 14 * 86_400_000;

/** Asks, and changes nothing. */
export async function preflight(options: PreflightOptions): Promise<Preflight> {
  const { exchange, dialect, type, quote, skew } = options;
  const findings: PreflightFinding[] = [];
  const add = addTo(findings);
  const tried = <T>(what: () => Promise<T>): Promise<T | null> => orRefused(what, add);
  const abilities = orderAbilities(exchange, type);
  if (abilities.trigger === null) add('refuse', 'NO_STOP_ORDERS', `${exchange.id} has no stop orders here`);
  checkSkew(skew, add);
  const key = await tried(() => dialect.keyFacts(exchange));
  if (key === null) return { account: null, free: null, hedged: null, key, findings };
  checkKey(key, options.now, add);
  const balances = await tried(() => exchange.fetchBalance());
  const free = balances === null ? null : fundsOf(balances, dialect, quote).available;
  if (free !== null && Number(free) <= 0) add('refuse', 'NO_BALANCE', `there is no free ${quote}`);
  const hedged = type === 'spot' ? null : await tried(() => isHedged(options));
  if (hedged === true)
    add('refuse', 'HEDGE_MODE', 'the account is in hedge mode: set it to one-way mode at the exchange');
  return { account: key.account, free, hedged, key, findings };
}

/** Sets leverage and margin mode. @returns why they could not be, if so */
export async function termsFindings(options: TermsOptions): Promise<readonly PreflightFinding[]> {
  const findings: PreflightFinding[] = [];
  const add = addTo(findings);
  const unmet = await orRefused(() => setTerms(options), add);
  for (const { code, message } of unmet ?? []) add('refuse', code, message);
  return findings;
}

/** @returns null where the exchange would not answer, which is added. */
async function orRefused<T>(what: () => Promise<T>, add: Add): Promise<T | null> {
  try {
    return await what();
  } catch (error) {
    const { code, words } = KEY_TROUBLES[troubleOf(error)] ?? UNREACHABLE;
    add('refuse', code, `${words}: ${reasonOf(error)}`);
    return null;
  }
}

type Add = (level: PreflightFinding['level'], code: PreflightFinding['code'], message: string) => void;

function addTo(findings: PreflightFinding[]): Add {
  return (level, code, message) => {
    findings.push({ level, code, message });
  };
}

const UNREACHABLE = { code: 'EXCHANGE_UNREACHABLE', words: 'the exchange cannot be asked' } as const;

const KEY_TROUBLES: Partial<Record<Trouble, { code: PreflightFinding['code']; words: string }>> = {
  credentials: { code: 'KEY_REFUSED', words: 'the exchange refuses the key' },
  permission: { code: 'KEY_MAY_NOT_TRADE', words: 'the key lacks a right' },
  clock: { code: 'CLOCK_SKEW', words: 'the exchange refuses the time of requests' },
};

function checkSkew(skew: Skew | null, add: Add): void {
  if (skew === null || skew.errorMs > SKEW_ERROR_MS) {
    const known = skew === null ? 'not' : `to ${apart(skew.errorMs)} only`;
    add('refuse', 'CLOCK_SKEW', `the exchange's time is known ${known}`);
  } else if (Math.abs(skew.aheadMs) > SKEW_WARN_MS) {
    const way = skew.aheadMs > 0 ? 'ahead of' : 'behind';
    add('warn', 'CLOCK_SKEW', `this machine's clock is ${apart(skew.aheadMs)} ${way} the exchange's`);
  }
}

function checkKey(key: KeyFacts, now: number, add: Add): void {
  if (key.unfit !== null) add('refuse', 'ACCOUNT_UNFIT', key.unfit);
  if (key.mayWithdraw === true)
    add('refuse', 'KEY_MAY_WITHDRAW', 'the key may withdraw: make one that may only trade');
  if (key.mayTrade === false) add('refuse', 'KEY_MAY_NOT_TRADE', 'the key may only read');
  if (key.unheard !== undefined)
    add(
      'refuse',
      'KEY_RIGHTS_UNKNOWN',
      `the exchange cannot be asked now what the key may do, try again: ${key.unheard}`,
    );
  else if (key.mayWithdraw === null || key.mayTrade === null)
    add(
      'warn',
      'KEY_RIGHTS_UNKNOWN',
      'the exchange does not tell what the key may do: see that it cannot withdraw',
    );
  if (key.boundToAddresses === false)
    add('warn', 'KEY_FROM_ANYWHERE', 'the key is good from any address: bind it to this machine');
  const ends = key.expires === null ? Number.NaN : Date.parse(key.expires);
  // Keys that never end are written with a date of long ago.
  if (ends > now && ends - now < EXPIRY_WARN_MS) add('warn', 'KEY_EXPIRES', `the key ends on ${key.expires}`);
}

async function isHedged({ exchange, symbols }: PreflightOptions): Promise<boolean | null> {
  const [symbol] = symbols;
  if (symbol === undefined) return null;
  if (exchange.has.fetchPositionMode === true)
    return (await exchange.fetchPositionMode(symbol)).hedged ?? null;
  const positions = await exchange.fetchPositions([symbol]);
  const told = positions.flatMap(({ hedged }) => hedged ?? []);
  return told.length === 0 ? null : told.includes(true);
}
