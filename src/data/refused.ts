import { DataError } from '../venue/replay/data-error.ts';

/** What was asked for cannot be done with these candles, or with that exchange. The message names the place and the mend. */
export class DataRefused extends Error {
  override readonly name = 'DataRefused';
  readonly code: string;
  readonly hint: string | null;
  /** The command line is wrong, rather than what it was used on. */
  readonly usage: boolean;

  constructor(
    code: string,
    message: string,
    detail: { readonly hint?: string; readonly usage?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hint = detail.hint ?? null;
    this.usage = detail.usage ?? false;
  }
}

/** @throws DataRefused in the place of DataError, and of what the file system refuses */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DataError) throw new DataRefused(cause.code, cause.message, { cause });
    if (isOfFiles(cause)) throw new DataRefused('DATA_STORE_UNUSABLE', cause.message, { cause });
    throw cause;
  }
}

/** No space, no right, a folder in the place of a file; what the network refuses is told by the exchange's name. */
function isOfFiles(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall !== 'connect';
}
