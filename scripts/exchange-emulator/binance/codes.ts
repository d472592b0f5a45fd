/** The error codes of Binance's USD-M futures API. */
import type { Refusal, RefusalReason } from '../core/refusal.ts';

export class BinanceError extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.name = 'BinanceError';
    this.code = code;
    this.status = status;
  }
}

export const CODES: Record<RefusalReason, readonly [code: number, message: string]> = {
  'unknown-symbol': [-1121, 'Invalid symbol.'],
  'bad-parameter': [-1102, ''],
  'bad-quantity': [-1111, 'Precision is over the maximum defined for this asset.'],
  'quantity-too-large': [-4005, 'Quantity greater than max quantity.'],
  'bad-price': [-4014, 'Price not increased by tick size.'],
  'below-min-notional': [
    -4164,
    "Order's notional must be no smaller than 5 (unless you choose reduce only).",
  ],
  'no-balance': [-2019, 'Margin is insufficient.'],
  'no-margin': [-2019, 'Margin is insufficient.'],
  'duplicate-link': [-4116, 'ClientOrderId is duplicated.'],
  'order-not-found': [-2011, 'Unknown order sent.'],
  'reduce-only': [-2022, 'ReduceOnly Order is rejected.'],
  'leg-mismatch': [-4061, "Order's position side does not match user's setting."],
  'trigger-not-above': [-2021, 'Order would immediately trigger.'],
  'trigger-not-below': [-2021, 'Order would immediately trigger.'],
  'not-modified': [-5027, 'No need to modify the order.'],
  'below-filled': [-4028, 'Quantity is not above what has been filled.'],
  'leverage-unchanged': [-4028, 'Leverage is not valid'],
  'bad-leverage': [-4028, 'Leverage is not valid'],
  'mode-unchanged': [-4059, 'No need to change position side.'],
  'not-listed': [-4140, 'Invalid symbol status for opening position.'],
  'mode-locked': [-4068, 'Position side cannot be changed if there exists position.'],
};

export function toBinanceError({ reason, message }: Refusal): BinanceError {
  const [code, words] = CODES[reason];
  return new BinanceError(code, words === '' ? message : words);
}
