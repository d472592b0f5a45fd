/** What a person does about each finding of a look at an exchange's keys and account. */
import type { PreflightFinding } from '../../venue/ccxt/preflight.ts';

export type KeyFindingCode = PreflightFinding['code'] | 'NO_KEYS' | 'KEYS_UNUSABLE' | 'VENUE_UNKNOWN';

const MENDS: Readonly<Record<KeyFindingCode, string>> = {
  NO_KEYS: 'put them where `breakout keys --help` says',
  KEYS_UNUSABLE: 'mend the file',
  VENUE_UNKNOWN:
    'see what the message says of the exchange or of its settings; the table of exchanges in the README says which can be traded live',
  KEY_REFUSED:
    'see at the exchange that the key is there and not revoked, that its secret was copied whole, and that it is for this environment (`sandbox`)',
  KEY_MAY_WITHDRAW:
    'take that right from the key at the exchange, or make a new one that may only read and trade',
  KEY_MAY_NOT_TRADE: 'give the key the right to trade this kind of market, and no right to withdraw',
  KEY_RIGHTS_UNKNOWN: 'look at the exchange that the key may trade and may not withdraw',
  KEY_EXPIRES: 'make a new key in time, and restart the daemon with it',
  KEY_FROM_ANYWHERE: 'bind the key at the exchange to the address of this machine',
  ACCOUNT_UNFIT: 'change the account at the exchange, or use another one',
  CLOCK_SKEW:
    "let the machine's clock be kept right (chrony, systemd-timesyncd), and see that the line is quick",
  HEDGE_MODE: 'set the account to one-way mode at the exchange, while nothing is open on it',
  MARGIN_MODE: 'set it at the exchange, or take margin_mode out of the settings',
  LEVERAGE: 'set it at the exchange, or take leverage out of the settings',
  NO_STOP_ORDERS: 'choose an exchange, or a kind of market, that has stop orders',
  NO_BALANCE: 'move money of the quote coin into this account, or set `quote` to the coin that there is',
  ORDERS_TOO_SMALL: 'use a larger account, or a preset that risks more a trade',
  TARGETS_TOO_SMALL: 'use a larger account, or a preset with fewer targets',
  EXCHANGE_UNREACHABLE: 'see that this machine reaches the exchange, and that it is not under maintenance',
};

export function mendOf(code: KeyFindingCode): string {
  return MENDS[code];
}
