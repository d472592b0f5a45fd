/** What a check of `breakout doctor` found. */
export interface Finding {
  readonly check: string;
  /** `warn`: it works, or it cannot be known; somebody should look. `fail`: a daemon would not run, or not safely. */
  readonly verdict: 'pass' | 'warn' | 'fail';
  readonly found: string;
  /** What mends it; null where nothing has to be mended. */
  readonly fix: string | null;
  /** Every single thing, where there can be more than one. */
  readonly problems?: readonly string[];
}

export const pass = (check: string, found: string): Finding => ({ check, verdict: 'pass', found, fix: null });

export const warn = (check: string, found: string, fix: string): Finding => ({
  check,
  verdict: 'warn',
  found,
  fix,
});

export const fail = (
  check: string,
  found: string,
  fix: string,
  problems: readonly string[] = [],
): Finding => ({ check, verdict: 'fail', found, fix, ...(problems.length > 0 && { problems }) });
