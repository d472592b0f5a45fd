/** The error codes of Bybit's v5 API, for what the exchange refuses and for what its gateway does. */
import type { Category } from '../core/instrument.ts';
import type { Refusal, RefusalReason } from '../core/refusal.ts';

export class BybitError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'BybitError';
    this.code = code;
  }
}

export const LINEAR: Record<RefusalReason, number> = {
  'unknown-symbol': 10001,
  'bad-parameter': 10001,
  'bad-quantity': 10001,
  'quantity-too-large': 10001,
  'bad-price': 110003,
  'below-min-notional': 110094,
  'no-balance': 110007,
  'no-margin': 110007,
  'duplicate-link': 110072,
  'order-not-found': 110001,
  'reduce-only': 110017,
  'leg-mismatch': 10001,
  'trigger-not-above': 110092,
  'trigger-not-below': 110093,
  'not-modified': 10001,
  'below-filled': 110064,
  'leverage-unchanged': 110043,
  'bad-leverage': 110013,
  'mode-unchanged': 110025,
  'mode-locked': 110024,
  'not-listed': 110023,
};

export const SPOT: Partial<Record<RefusalReason, number>> = {
  'unknown-symbol': 170121,
  'bad-quantity': 170137,
  'quantity-too-large': 170135,
  'bad-price': 170134,
  'below-min-notional': 170140,
  'no-balance': 170131,
  'duplicate-link': 170141,
  'order-not-found': 170213,
};

const SPOT_WORDS: Partial<Record<RefusalReason, string>> = {
  'bad-quantity': 'Order quantity has too many decimals.',
  'bad-price': 'Order price has too many decimals.',
  'below-min-notional': 'Order value exceeded lower limit.',
  'duplicate-link': 'Duplicate clientOrderId.',
  'order-not-found': 'Order does not exist.',
};

export function toBybitError(refusal: Refusal, category: Category): BybitError {
  const { reason, message } = refusal;
  if (category === 'spot')
    return new BybitError(SPOT[reason] ?? LINEAR[reason], SPOT_WORDS[reason] ?? message);
  return new BybitError(LINEAR[reason], message);
}
