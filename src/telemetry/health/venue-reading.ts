/** How it stands with the exchange that a session trades on, in figures. Spans are seconds. */
export interface VenueReading {
  readonly exchange: string;
  /** `test`: the exchange's own test environment. */
  readonly environment: 'real' | 'test';
  readonly streams: readonly StreamReading[];
  readonly feed: {
    /** Since any candle was told of; null before, and where none are streamed. */
    readonly silentSeconds: number | null;
    /** All of it: no entry is made. */
    readonly stale: boolean;
    /** No entry is made on them. */
    readonly staleSymbols: readonly string[];
  };
  readonly candles: {
    /** Late, and asked for again and again. */
    readonly awaited: readonly { readonly symbol: string; readonly closeTime: number }[];
    /** Never come: gaps. */
    readonly missing: number;
  };
  /** Null before the exchange's time was measured. */
  readonly clock: { readonly aheadMs: number; readonly errorMs: number } | null;
  readonly requests: {
    /** Of what may be sent at once. */
    readonly usedPercent: number;
    readonly waiting: number;
    /** For so long nothing may be sent, because the exchange has said that it was too much; null while something may. */
    readonly closedSeconds: number | null;
  };
  /** Sent, and nothing is known of what became of them. */
  readonly unknownOrders: readonly UnknownOrder[];
  readonly troubles: readonly TroubleReading[];
  /** The last error, over or not. */
  readonly lastError: TroubleReading | null;
  /** How often each kind has shown itself since the session's exchange was opened. */
  readonly errors: Readonly<Partial<Record<VenueTroubleKind, number>>>;
}

export const VENUE_TROUBLES = [
  'funds',
  'credentials',
  'permission',
  'rate_limit',
  'clock',
  'exchange_down',
  'network',
  'unclear',
] as const;

export type VenueTroubleKind = (typeof VENUE_TROUBLES)[number];

export interface StreamReading {
  readonly name: string;
  readonly state: 'opening' | 'up' | 'reconnecting';
  readonly streams: number;
  readonly down: number;
  readonly downSeconds: number | null;
  readonly retrySeconds: number | null;
  readonly silentSeconds: number | null;
  readonly reconnects: number;
  readonly reason: string | null;
}

export interface TroubleReading {
  readonly trouble: VenueTroubleKind;
  /** In our words, with what the exchange said. */
  readonly message: string;
  readonly agoSeconds: number;
  readonly times: number;
}

export interface UnknownOrder {
  readonly orderId: number;
  readonly symbol: string;
  readonly purpose: string;
  readonly seconds: number;
}

/** What a session of before waits for, until it goes on. */
export interface RecoveryReading {
  /** ISO 8601. */
  readonly since: string;
  readonly seconds: number;
  readonly session: string | null;
  readonly reason: string;
}
