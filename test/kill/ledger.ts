/** What the venue was asked and did, written down beside it, call by call. Only the audit reads it. */
import type { OrderReport } from '../../src/engine/input.ts';
import type { VenueRequest } from '../../src/venue/simulated/kept/record.ts';

export type LedgerLine =
  /** What follows is of this session. */
  | { readonly kind: 'session'; readonly session: string }
  | { readonly kind: 'request'; readonly request: VenueRequest }
  | { readonly kind: 'reports'; readonly reports: readonly OrderReport[] };

/** The last line may have been cut by the kill. */
export function parseLedger(text: string): LedgerLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line): LedgerLine => JSON.parse(line));
}

/** Lines of one session. What came before the first word of any session is of the one that came first. */
export function ofSession(lines: readonly LedgerLine[], session: string): LedgerLine[] {
  let present = lines.find((line) => line.kind === 'session')?.session ?? session;
  const own: LedgerLine[] = [];
  for (const line of lines) {
    if (line.kind === 'session') present = line.session;
    else if (present === session) own.push(line);
  }
  return own;
}
