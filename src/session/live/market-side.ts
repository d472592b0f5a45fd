import type { LiveListener, LiveVenue } from './live-venue.ts';

export type ExchangeLog = (
  level: 'warn' | 'info',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** A live venue without its account. */
export interface MarketSide
  extends Omit<LiveVenue, 'warnings' | 'broker' | 'account' | 'equity' | 'funds' | 'listen' | 'paper'> {
  /** Tells the listener of the market until it is closed. Once only. */
  subscribe(listener: Pick<LiveListener, 'bars' | 'book' | 'feed' | 'listed'>): void;
}
