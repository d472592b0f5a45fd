export type JournalErrorCode =
  | 'JOURNAL_UNREADABLE'
  | 'JOURNAL_WAL_LOST'
  | 'JOURNAL_READ_ONLY'
  | 'JOURNAL_FULL'
  | 'JOURNAL_NEWER';

/** The journal cannot be used as it lies there. The message names the file and the mend; nothing was changed. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What was to be made durable is not; it is still held, and another commit may work. */
export class JournalCommitFailed extends Error {
  override readonly name = 'JournalCommitFailed';
  /** There is no space: the reserve may help. */
  readonly full: boolean;

  constructor(message: string, full: boolean, cause: unknown) {
    super(message, { cause });
    this.full = full;
  }
}

/** Inputs that were asked for are no longer kept. */
export class SessionPruned extends Error {
  override readonly name = 'SessionPruned';
}
