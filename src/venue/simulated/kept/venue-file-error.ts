/** The simulated venue's own books cannot be used as they lie there. The message names them and the mend. */
export class VenueFileError extends Error {
  override readonly name = 'VenueFileError';
  /** There is no space: trying again may help. */
  readonly full: boolean;

  constructor(
    where: string,
    found: string,
    options: { readonly full?: boolean; readonly cause?: unknown } = {},
  ) {
    const full = options.full ?? false;
    const mend = full
      ? 'free some on its disk, and start again'
      : `put ${where} back from a backup; or, to begin anew, move it and the journal to another folder: nothing real is lost with a simulated venue`;
    super(
      `the books of the simulated venue ${where} cannot be used (${found.replace(/\s+/g, ' ').trim()}); they were not changed: ${mend}`,
      { cause: options.cause },
    );
    this.full = full;
  }
}
