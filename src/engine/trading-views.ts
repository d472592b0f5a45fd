/** Read models of what is ordered, watched and owned, made when somebody asks. */
import type { Order } from '../execution/orders.ts';
import { item } from '../market/arrays.ts';
import { stepsNearest, stepsToText } from '../market/grid.ts';
import type { Level } from '../strategy/level.ts';
import type { Run } from './run.ts';
import type {
  AccountView,
  CandidateView,
  CandleView,
  LevelView,
  LimitView,
  OrderView,
  ScanView,
} from './view.ts';

/** Own orders, live or final of late, oldest first. */
export function orderViews(run: Run | null): OrderView[] {
  if (run === null) return [];
  const markets = new Map(run.markets.map((market) => [market.symbol, market]));
  const views: OrderView[] = [];
  for (const order of run.desk.orders()) {
    const market = markets.get(order.request.symbol);
    if (market !== undefined) views.push(orderView(order, market));
  }
  return views;
}

/** Levels that live, of one symbol or of all, by symbol and then from the lowest price up. */
export function levelViews(run: Run | null, symbol: string | null): LevelView[] {
  if (run === null) return [];
  return run.levels
    .all()
    .filter((level) => symbol === null || item(run.markets, level.symbol).symbol === symbol)
    .sort((a, b) => a.symbol - b.symbol || a.price - b.price || a.id - b.id)
    .map((level) => levelView(run, level));
}

/** The newest closed 15 m candles that the engine still holds of a symbol, oldest first; null for a foreign symbol. */
export function candleViews(run: Run | null, symbol: string, limit: number): CandleView[] | null {
  const market = run?.markets.find((m) => m.symbol === symbol);
  if (run === null || market === undefined) return null;
  const { candles } = item(run.series, market.index);
  const views: CandleView[] = [];
  for (let age = Math.min(limit, candles.length) - 1; age >= 0; age--) {
    views.push({
      closeTime: candles.closeTime(age),
      open: candles.open(age),
      high: candles.high(age),
      low: candles.low(age),
      close: candles.close(age),
    });
  }
  return views;
}

export function scanView(run: Run | null): ScanView {
  const scan = run?.lastScan ?? null;
  if (run === null || scan === null) {
    return { at: null, markets: run?.markets.length ?? 0, universe: 0, passed: 0, candidates: [] };
  }
  return {
    at: scan.at,
    markets: run.markets.length,
    universe: scan.universe,
    passed: scan.passed,
    candidates: scan.candidates.map(({ symbol, score }, i) => candidateView(run, symbol, score, i + 1)),
  };
}

export function accountView(run: Run | null): AccountView | null {
  if (run === null) return null;
  const { ledger, desk, preset } = run;
  const exposures = desk.exposures();
  const openRisk = exposures.reduce((sum, e) => sum + e.risk, 0);
  const openNotional = exposures.reduce((sum, e) => sum + e.notional, 0);
  return {
    startEquity: ledger.start.toFixed(),
    equity: ledger.equity.toFixed(),
    realised: ledger.closed.toFixed(),
    fees: ledger.fees.toFixed(),
    funding: ledger.funding.toFixed(),
    openResult: desk.openValue(),
    markedEquity: run.markedEquity,
    sizingEquity: run.sizingEquity,
    available: run.funds.available,
    openRisk,
    openNotional,
    riskPerTrade: run.sizingEquity * preset.risk.risk_per_trade,
    dailyR: run.limits.dailyR,
    limits: limitViews(run, openRisk, openNotional),
  };
}

function orderView(order: Order, market: Run['markets'][number]): OrderView {
  const { request } = order;
  return {
    id: order.id,
    tradeId: order.tradeId,
    symbol: request.symbol,
    side: request.side,
    type: request.type,
    purpose: order.purpose,
    quantity: stepsToText(market.lots, order.lots),
    filled: stepsToText(market.lots, order.filledLots),
    price: request.price,
    stopPrice: order.stopTicks === null ? null : stepsToText(market.ticks, order.stopTicks),
    reduceOnly: request.reduceOnly,
    status: order.status,
    cancelling: order.cancelling,
    sentAt: order.sentAt,
    updatedAt: order.updatedAt,
  };
}

export function levelView(run: Run, level: Level): LevelView {
  const market = item(run.markets, level.symbol);
  const series = item(run.series, level.symbol);
  const atr = series.atr.value;
  const left = level.side === 'long' ? level.price - series.close : series.close - level.price;
  return {
    id: level.id,
    symbol: market.symbol,
    side: level.side,
    price: stepsToText(market.ticks, stepsNearest(market.ticks, level.price)),
    life: level.life,
    touches: level.touches,
    strength: level.strength,
    bornAt: level.bornAt,
    brokenAt: level.brokenAt === 0 ? null : level.brokenAt,
    close: stepsToText(market.ticks, stepsNearest(market.ticks, series.close)),
    distanceAtr: atr > 0 ? left / atr : null,
  };
}

function candidateView(run: Run, symbol: number, score: number, rank: number): CandidateView {
  const market = item(run.markets, symbol);
  const series = item(run.series, symbol);
  const armed = run.levels.of(symbol).filter((level) => level.life === 'armed');
  const [nearest] = armed.sort(
    (a, b) => Math.abs(a.price - series.close) - Math.abs(b.price - series.close) || a.id - b.id,
  );
  const figures = Object.entries(run.scanner.figuresOf(symbol)).map(
    ([name, value]) => [name, Number.isFinite(value) ? value : null] as const,
  );
  return {
    rank,
    symbol: market.symbol,
    score,
    close: stepsToText(market.ticks, stepsNearest(market.ticks, series.close)),
    figures: Object.fromEntries(figures),
    armedLevels: armed.length,
    nearest: nearest === undefined ? null : levelView(run, nearest),
  };
}

function limitViews(run: Run, openRisk: number, openNotional: number): LimitView[] {
  const { risk } = run.preset;
  const equity = run.sizingEquity;
  const { dayLoss, drawdown } = run.limits.used(run.markedEquity);
  const sides = run.desk.exposures().map((e) => e.side);
  const longs = sides.filter((side) => side === 'long').length;
  const sameSide = Math.max(longs, sides.length - longs);
  return [
    { limit: 'max_open_positions', value: run.desk.size, max: risk.max_open_positions, unit: 'count' },
    { limit: 'max_same_side', value: sameSide, max: risk.max_same_side, unit: 'count' },
    { limit: 'max_total_risk', value: openRisk / equity, max: risk.max_total_risk, unit: 'share' },
    { limit: 'max_leverage', value: openNotional / equity, max: risk.max_leverage, unit: 'multiple' },
    { limit: 'daily_loss_limit', value: dayLoss, max: risk.daily_loss_limit, unit: 'share' },
    { limit: 'max_drawdown', value: drawdown, max: risk.max_drawdown, unit: 'share' },
    {
      limit: 'losing_streak_limit',
      value: run.limits.consecutiveLosses,
      max: risk.losing_streak_limit,
      unit: 'count',
    },
  ];
}
