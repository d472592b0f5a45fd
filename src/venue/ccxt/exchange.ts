/**
 * What this adapter uses of a ccxt exchange, and no more. Decimals come as strings where the instance was made to give
 * them so, else as numbers; whatever an exchange does not tell is undefined.
 */

export type Params = Readonly<Record<string, unknown>>;

/** A figure as ccxt gives it. */
export type Figure = string | number | undefined | null;

export interface CcxtMarket {
  readonly id: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle?: string | undefined;
  readonly type: string;
  readonly spot?: boolean | undefined;
  readonly swap?: boolean | undefined;
  readonly linear?: boolean | undefined;
  readonly active?: boolean | undefined;
  /** Base units of one contract. */
  readonly contractSize?: Figure;
  readonly maker?: Figure;
  readonly taker?: Figure;
  readonly precision: { readonly amount?: Figure; readonly price?: Figure };
  readonly limits: {
    readonly amount?: { readonly min?: Figure } | undefined;
    readonly cost?: { readonly min?: Figure } | undefined;
  };
}

export interface CcxtOrder {
  readonly info: unknown;
  readonly id?: string | undefined;
  readonly clientOrderId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly type?: string | undefined;
  readonly side?: string | undefined;
  readonly status?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly price?: Figure;
  readonly triggerPrice?: Figure;
  readonly amount?: Figure;
  readonly filled?: Figure;
}

export interface CcxtTrade {
  readonly info: unknown;
  readonly id?: string | undefined;
  readonly order?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly price?: Figure;
  readonly amount?: Figure;
  readonly takerOrMaker?: string | undefined;
  readonly fee?: { readonly cost?: Figure; readonly currency?: string | undefined } | undefined;
}

export interface CcxtMarginMode {
  readonly marginMode?: string | undefined;
}

export interface CcxtIncome {
  readonly info: unknown;
  readonly id?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly amount?: Figure;
}

export interface CcxtPosition {
  readonly symbol?: string | undefined;
  readonly contracts?: Figure;
  readonly side?: string | undefined;
  readonly entryPrice?: Figure;
  readonly hedged?: boolean | undefined;
  readonly leverage?: Figure;
  readonly marginMode?: string | undefined;
}

export interface CcxtBalances {
  readonly info?: unknown;
  readonly free?: Readonly<Record<string, Figure>>;
  readonly total?: Readonly<Record<string, Figure>>;
}

export interface CcxtBook {
  readonly symbol?: string | undefined;
  readonly bids: readonly (readonly Figure[])[];
  readonly asks: readonly (readonly Figure[])[];
  readonly timestamp?: number | undefined;
  /** The exchange's number of the last change in it; undefined while a book that is watched waits for its beginning. */
  readonly nonce?: number | undefined;
}

/** A book that is kept from a stream. */
export interface CcxtKeptBook extends CcxtBook {
  nonce?: number | undefined;
  /** Changes that wait for the snapshot that they follow. */
  cache: unknown[];
  /** Begins anew with a snapshot. */
  reset: (snapshot: CcxtBook) => unknown;
  /** Cuts off the levels behind the most that are kept. */
  limit: () => unknown;
}

/** Open time, open, high, low, close, volume. */
export type CcxtCandle = readonly Figure[];

/** What can be done at all: `has` by method, `features` in detail by kind of market. */
export interface Describes {
  readonly id: string;
  readonly name?: string | undefined;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features?: unknown;
  readonly timeframes?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds for one unit of cost. */
  readonly rateLimit: number;
  /** What the precisions of its markets are: 4 for ticks, other numbers for digits of one kind or another. */
  readonly precisionMode: number;
}

/** One connection. */
export interface CcxtClient {
  send: (message: unknown) => Promise<unknown>;
  /** What is waited for on it by that name. */
  future: (name: string) => Promise<unknown>;
  /** Wall time. */
  lastPong?: number;
  /** What was asked for on it, by ccxt's own name of each thing. */
  readonly subscriptions: Readonly<Record<string, unknown>>;
}

export interface CcxtExchange extends Describes {
  urls: { api: unknown; test?: unknown };
  options: Record<string, unknown>;
  markets: Readonly<Record<string, CcxtMarket>> | undefined;
  /** What `watchOHLCV` has heard, by symbol and timeframe, the oldest first. */
  readonly ohlcvs: Record<string, Readonly<Record<string, readonly CcxtCandle[]>>>;
  readonly orderbooks: Record<string, CcxtKeptBook>;
  /** Makes the books that streams are kept in, with the most levels on a side. */
  orderBook: (snapshot?: unknown, depth?: number) => CcxtKeptBook;
  sign(...args: unknown[]): unknown;
  /** The instance's own clock: requests are signed with it. */
  milliseconds: () => number;
  /** Called before each request, with its cost. */
  throttle: (cost?: number) => Promise<void>;
  /** Called with each reply; `reply` is undefined for one that is no JSON. */
  handleErrors: (
    status: number,
    reason: string,
    url: string,
    method: string,
    headers: unknown,
    body: string,
    reply: unknown,
    ...rest: unknown[]
  ) => unknown;
  /** Does something later, such as renewing a session. */
  delay: (ms: number, method: unknown, ...args: unknown[]) => void;
  spawn(method: unknown, ...args: unknown[]): unknown;
  /** The connection to an address, made when it is asked for first. */
  client: (url: string) => CcxtClient;
  /** Those that are open, by address. */
  readonly clients: Readonly<Record<string, CcxtClient>>;
  /** Needed once before a stream without TLS. */
  loadHttpProxyAgent(): Promise<unknown>;
  setSandboxMode(enabled: boolean): void;
  /** What `loadMarkets` asks. */
  fetchMarkets: (params?: Params) => Promise<readonly CcxtMarket[]>;
  /** A candle out of a row of an answer, or of what a stream pushes. */
  parseOHLCV: (row: unknown, market?: unknown) => CcxtCandle;
  loadMarkets(reload?: boolean): Promise<Readonly<Record<string, CcxtMarket>>>;
  setMarkets(markets: readonly CcxtMarket[]): void;
  setMarketsFromExchange(other: CcxtExchange): void;
  amountToPrecision(symbol: string, amount: string): string;
  priceToPrecision(symbol: string, price: string): string;

  fetchTime(): Promise<number | undefined>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
    params?: Params,
  ): Promise<CcxtCandle[]>;
  fetchOpenInterest(symbol: string, params: Params): Promise<{ readonly openInterestAmount?: Figure }>;
  fetchTicker(symbol: string): Promise<{ readonly last?: Figure }>;
  fetchTickers(
    symbols: readonly string[],
  ): Promise<
    Readonly<
      Record<
        string,
        { readonly symbol?: string | undefined; readonly last?: Figure; readonly quoteVolume?: Figure }
      >
    >
  >;
  fetchOrderBook(symbol: string, limit?: number): Promise<CcxtBook>;
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  watchOHLCVForSymbols(symbols: readonly (readonly [string, string])[]): Promise<unknown>;
  watchOrderBook(symbol: string, limit?: number): Promise<unknown>;
  watchOrderBookForSymbols(symbols: readonly string[], limit?: number): Promise<unknown>;

  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    params: Params,
  ): Promise<CcxtOrder>;
  editOrder(
    id: string | undefined,
    symbol: string,
    type: string,
    side: string,
    amount: string | undefined,
    price: string | undefined,
    params: Params,
  ): Promise<CcxtOrder>;
  cancelOrder(id: string | undefined, symbol: string, params: Params): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params: Params): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string, since?: number, limit?: number, params?: Params): Promise<CcxtOrder[]>;
  fetchCanceledAndClosedOrders(
    symbol?: string,
    since?: number,
    limit?: number,
    params?: Params,
  ): Promise<CcxtOrder[]>;
  fetchOrders(symbol: string, since: number, limit: number, params: Params): Promise<CcxtOrder[]>;
  fetchMyTrades(symbol?: string, since?: number, limit?: number, params?: Params): Promise<CcxtTrade[]>;
  fetchFundingHistory(
    symbol?: string,
    since?: number,
    limit?: number,
    params?: Params,
  ): Promise<CcxtIncome[]>;
  fetchPositions(symbols?: readonly string[], params?: Params): Promise<CcxtPosition[]>;
  fetchBalance(params?: Params): Promise<CcxtBalances>;
  fetchPositionMode(symbol?: string): Promise<{ readonly hedged?: boolean | undefined }>;
  fetchMarginMode(symbol: string): Promise<CcxtMarginMode>;
  /** By symbol. */
  fetchMarginModes(symbols: readonly string[]): Promise<Readonly<Record<string, CcxtMarginMode>>>;
  /** Of exchanges that have had several kinds of accounts. */
  isUnifiedEnabled?(): Promise<readonly unknown[]>;
  setLeverage(leverage: number, symbol: string, params?: Params): Promise<unknown>;
  setMarginMode(marginMode: string, symbol?: string, params?: Params): Promise<unknown>;
  setPositionMode(hedged: boolean, symbol?: string, params?: Params): Promise<unknown>;
  watchOrders(symbol?: string, since?: number, limit?: number, params?: Params): Promise<CcxtOrder[]>;
  watchMyTrades(symbol?: string, since?: number, limit?: number, params?: Params): Promise<CcxtTrade[]>;
  request(path: string, api: string, method: string, params?: Params): Promise<unknown>;
  close(): Promise<unknown>;
}
