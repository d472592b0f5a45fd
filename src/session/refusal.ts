import type { ErrorCode } from '../engine/refusal.ts';

/** Why the session refuses: the engine's own reasons, and those of the shell round it. */
export type RefusalCode =
  | ErrorCode
  | 'ACCOUNT_IN_USE'
  | 'COMMAND_PENDING'
  | 'CONFIRMATION_REQUIRED'
  | 'CREDENTIALS_MISSING'
  | 'DATA_INVALID'
  | 'EXCHANGE_UNREACHABLE'
  | 'MODE_REFUSED'
  | 'PREFLIGHT_REFUSED'
  | 'SHUTTING_DOWN'
  | 'STOP_INCOMPLETE'
  | 'VENUE_UNKNOWN';

/** A command that was not carried out, or not yet. The message is fit for a client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** CONFIRMATION_REQUIRED: the account as it is to be confirmed. */
  readonly account: string | null;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions & { readonly account?: string }) {
    super(message, options);
    this.code = code;
    this.account = options?.account ?? null;
  }
}
