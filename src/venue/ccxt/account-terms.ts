/** Leverage and margin mode as the config asks for them, in every market that is traded. */
import type { Dialect } from './dialect.ts';
import type { CcxtExchange } from './exchange.ts';
import { reasonOf } from './reason.ts';
import { isA } from './troubles.ts';

/** How the account is to be, where it matters; what is missing is left as it is. */
export interface AccountTerms {
  readonly leverage?: number | undefined;
  readonly marginMode?: 'isolated' | 'cross' | undefined;
}

export interface TermsOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly symbols: readonly string[];
  readonly terms: AccountTerms;
}

/** What the exchange would not set. */
export interface Unmet {
  readonly code: 'MARGIN_MODE' | 'LEVERAGE';
  /** Empty: it is the account's. */
  readonly symbols: readonly string[];
  readonly message: string;
}

/** That they are so already is no error. @throws what ccxt throws where the exchange does not tell how they are */
export async function setTerms(options: TermsOptions): Promise<readonly Unmet[]> {
  const { exchange, symbols, terms } = options;
  const { leverage, marginMode } = terms;
  const unmet: Unmet[] = [];
  if (marginMode !== undefined) {
    const set = (symbol?: string): Promise<unknown> => exchange.setMarginMode(marginMode, symbol);
    const what = `margin mode ${marginMode}`;
    if (options.dialect.marginModeIn === 'account') {
      // ccxt may want a market all the same.
      const reason = await refusal(() => set(symbols[0]));
      if (reason !== null)
        unmet.push({ code: 'MARGIN_MODE', symbols: [], message: `${what} cannot be set: ${reason}` });
    } else {
      const modes = await marginModes(exchange, symbols);
      const others = symbols.filter((symbol) => modes.get(symbol) !== marginMode);
      unmet.push(...(await inEach('MARGIN_MODE', what, others, set)));
    }
  }
  if (leverage !== undefined)
    unmet.push(
      ...(await inEach('LEVERAGE', `leverage ${leverage}`, symbols, (symbol) =>
        exchange.setLeverage(leverage, symbol),
      )),
    );
  return unmet;
}

/** `cross`, `isolated`, or where each is, in words; null where the exchange does not tell. @throws what ccxt throws */
export async function marginModeOf(
  exchange: CcxtExchange,
  { marginModeIn }: Dialect,
  symbols: readonly string[],
): Promise<string | null> {
  const [first] = symbols;
  if (first === undefined) return null;
  if (marginModeIn === 'account')
    return exchange.has.fetchMarginMode === true
      ? ((await exchange.fetchMarginMode(first)).marginMode ?? null)
      : null;
  const told = [...(await marginModes(exchange, symbols))];
  const isolated = told.flatMap(([symbol, mode]) => (mode === 'isolated' ? [symbol] : []));
  const others = told.flatMap(([symbol, mode]) => (mode === 'isolated' ? [] : [symbol]));
  if (isolated.length === 0 || others.length === 0) return told[0]?.[1] ?? null;
  return isolated.length < others.length
    ? `cross, isolated in ${isolated.join(', ')}`
    : `isolated, cross in ${others.join(', ')}`;
}

/** By symbol; without what the exchange does not tell. */
async function marginModes(
  exchange: CcxtExchange,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (exchange.has.fetchMarginModes !== true || symbols.length === 0) return new Map();
  const told = await exchange.fetchMarginModes(symbols);
  return new Map(
    symbols.flatMap((symbol) => {
      const mode = told[symbol]?.marginMode;
      return mode === undefined ? [] : [[symbol, mode] as const];
    }),
  );
}

/** Of markets in which the exchange has the same against it one line is made. */
async function inEach(
  code: Unmet['code'],
  what: string,
  symbols: readonly string[],
  set: (symbol: string) => Promise<unknown>,
): Promise<Unmet[]> {
  const reasons = new Map<string, string[]>();
  for (const symbol of symbols) {
    const reason = await refusal(() => set(symbol));
    if (reason === null) continue;
    const alike = reasons.get(reason);
    if (alike === undefined) reasons.set(reason, [symbol]);
    else alike.push(symbol);
  }
  return [...reasons].map(([reason, alike]) => ({
    code,
    symbols: alike,
    message: `${what} cannot be set in ${alike.join(', ')}: ${reason}`,
  }));
}

/** Exchanges that were told so already say it in their own ways. */
const ALREADY = /not modified|no change|no need to change|already/i;

/** Why not, or null when it is so. */
async function refusal(set: () => Promise<unknown>): Promise<string | null> {
  try {
    await set();
    return null;
  } catch (error) {
    const reason = reasonOf(error);
    return isA(error, 'NoChange') || ALREADY.test(reason) ? null : reason;
  }
}
