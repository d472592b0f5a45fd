/** What is wrong with recorded data, as a code that programs can rely on. */
export type DataErrorCode =
  /** The folder is not there or cannot be listed. */
  | 'DATA_FOLDER_MISSING'
  /** The folder holds no candle file that can be used. */
  | 'DATA_NO_CANDLES'
  /** Two files hold the same candles. */
  | 'DATA_AMBIGUOUS'
  /** Symbols were asked for that the folder does not hold. */
  | 'DATA_UNKNOWN_SYMBOLS'
  /** Files that cannot be read, or rows that cannot be true. */
  | 'DATA_BAD_FILES'
  /** `instruments.json` is not what it should be. */
  | 'DATA_BAD_INSTRUMENTS'
  /** No candle lies in the span asked for. */
  | 'DATA_EMPTY_RANGE'
  /** Another process is writing into the store. */
  | 'DATA_STORE_BUSY'
  /** The folder cannot be a store, or not one that this version writes to. */
  | 'DATA_STORE_UNUSABLE';

/** Recorded data that cannot be used. The message names the place and the mend. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** More lines than this help nobody. */
const MAX_LINES = 20;

/** A headline and its problems: a single one stays on the line, more are listed below it, capped. */
export function listProblems(headline: string, problems: readonly string[]): string {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return `${headline}: ${first}`;
  const shown = problems.length > MAX_LINES ? problems.slice(0, MAX_LINES - 1) : problems;
  const rest = problems.length - shown.length;
  const lines = rest > 0 ? [...shown, `and ${rest} more`] : shown;
  return `${headline}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
