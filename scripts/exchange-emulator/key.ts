/** The one API key of the account, and what can be done to it. */
export interface ApiKey {
  readonly key: string;
  readonly secret: string;
  revoked: boolean;
  readOnly: boolean;
  /** May take money out of the account: a key that a bot should not have. */
  withdraw: boolean;
}
