/** Why the exchange did not act on a request, in no protocol's words: each protocol has its own code for it. */
export type RefusalReason =
  | 'unknown-symbol'
  | 'bad-parameter'
  | 'bad-quantity'
  | 'quantity-too-large'
  | 'bad-price'
  | 'below-min-notional'
  | 'no-balance'
  | 'no-margin'
  | 'duplicate-link'
  | 'order-not-found'
  | 'reduce-only'
  | 'leg-mismatch'
  | 'trigger-not-above'
  | 'trigger-not-below'
  | 'not-modified'
  | 'below-filled'
  | 'leverage-unchanged'
  | 'bad-leverage'
  | 'mode-unchanged'
  | 'mode-locked'
  | 'not-listed';

export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'Refusal';
    this.reason = reason;
  }
}
