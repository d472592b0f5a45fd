/** What an account holds of the coin that it trades in. */
import Big from 'big.js';
import type { AccountFunds } from '../broker.ts';
import { decimal } from './decimal.ts';
import type { Dialect } from './dialect.ts';
import type { CcxtBalances } from './exchange.ts';

/**
 * Where what is open has won, or other coins stand in for this one, an exchange gives more as free than there is of it:
 * of that a session would begin with money that the next look at the account does not find.
 */
export function fundsOf(
  balances: CcxtBalances,
  { walletOf }: Pick<Dialect, 'walletOf'>,
  coin: string,
): AccountFunds {
  const total = walletOf?.(balances, coin) ?? decimal(balances.total?.[coin]) ?? '0';
  const free = decimal(balances.free?.[coin]) ?? '0';
  return { total, available: new Big(free).gt(total) ? total : free };
}
