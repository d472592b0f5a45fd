import type { Archive } from '../../../archive/archive.ts';
import { type Grid, grid } from '../../../market/grid.ts';
import { BASE, DAY } from '../../../market/time.ts';
import { FACTOR_SIGMA, type MarketFactor } from './factor.ts';
import type { Profile } from './instruments.ts';
import { Regime } from './regime.ts';
import { growth, Rng, streamKey } from './rng.ts';

const BARS_PER_DAY = DAY / BASE;
const SHOCK_CHANCE = 1 / 2000;
const SHOCK_DECAY = 0.85;
const MAX_LOG_VOLATILITY = 1.2;
const GAP_CHANCE = 1 / 250;
/** Opens that differ from the close before by one tick: another side of the book was hit. */
const TICK_CHANCE = 0.25;
/** No bar moves further than this, so that no price ever comes near 0. */
const LARGEST_RETURN = 0.15;
/** Mean range of a Brownian bar in standard deviations: sqrt(8 / pi) (Parkinson). */
const MEAN_RANGE = 1.6;
const RECENT = 0.05;
/** Open interest over its ordinary level: what a breakout and each bar after it add, and the way back. */
const INTEREST_BREAKOUT = 0.012;
const INTEREST_TREND = 0.0018;
const INTEREST_REVERSION = 0.002;

/** One symbol's candles: `step` makes the next one, in place. Depends on the seed, the name and the factor only. */
export class SymbolPath {
  readonly profile: Profile;
  readonly key: number;
  readonly ticks: Grid;
  readonly lots: Grid;
  readonly regime: Regime;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  /** In base units, a multiple of the lot. */
  volume = 0;
  /** The close in whole ticks. */
  closeTicks = 0;
  /** Return of the last bar in ordinary standard deviations. */
  surprise = 0;
  /** 1 at a shock, fading within the hour. */
  turbulence = 0;
  /** Volume in quote: of the last bar, and a mean over some two hours. */
  quoteVolume = 0;
  recentQuoteVolume = 0;
  /** Open interest over its ordinary level. */
  interest = 1;
  readonly #rng: Rng;
  readonly #idiosyncratic: number;
  readonly #tickScale: number;
  readonly #lotScale: number;
  #logVolatility = 0;

  constructor(seed: number, profile: Profile) {
    const { symbol, tick, lot } = profile.instrument;
    this.profile = profile;
    this.key = streamKey(seed, symbol);
    this.ticks = grid(tick);
    this.lots = grid(lot);
    this.#tickScale = 10 ** this.ticks.scale;
    this.#lotScale = 10 ** this.lots.scale;
    const rng = new Rng(this.key);
    this.#rng = rng;
    this.regime = new Regime(rng, profile.sigma, profile.anchor);
    const shared = profile.beta * FACTOR_SIGMA;
    this.#idiosyncratic = Math.sqrt(profile.sigma * profile.sigma - shared * shared);
    this.#close(Math.round((profile.anchor * rng.between(0.85, 1.15)) / this.ticks.step));
    this.recentQuoteVolume = profile.dailyVolume / BARS_PER_DAY;
  }

  /**
   * Makes the next candle.
   * @param volumeRhythm volume of this time of the day over an ordinary one
   * @param volatilityRhythm volatility likewise
   */
  step(factor: MarketFactor, volumeRhythm: number, volatilityRhythm: number): void {
    const { regime, profile } = this;
    const rng = this.#rng;
    const before = this.close;
    regime.plan(before);
    this.#logVolatility = Math.min(0.96 * this.#logVolatility + 0.08 * rng.bell(), MAX_LOG_VOLATILITY);
    this.turbulence = Math.max(this.turbulence * SHOCK_DECAY, factor.turbulence);
    const volatility = volatilityRhythm * growth(this.#logVolatility) * regime.noise;

    let change = regime.drift + regime.coupling * profile.beta * factor.value;
    change += volatility * this.#idiosyncratic * rng.bell();
    if (rng.chance(SHOCK_CHANCE)) change += this.#shock();
    change = Math.min(Math.max(change, -LARGEST_RETURN), LARGEST_RETURN);
    this.surprise = change / profile.sigma;

    const open = this.#openTicks(before);
    const close = Math.max(Math.round(regime.settle(before * (1 + change)) / this.ticks.step), 1);
    this.#extremes(open, close, (volatility * regime.wick * profile.sigma * before) / this.ticks.step);
    this.open = this.#price(open);
    this.#close(close);
    this.#trade(volumeRhythm);
    this.#holdInterest();
  }

  #shock(): number {
    this.regime.interrupt();
    this.turbulence = 1;
    this.#logVolatility = Math.min(this.#logVolatility + 0.7, MAX_LOG_VOLATILITY);
    return this.profile.sigma * this.#rng.between(4, 8) * (this.#rng.chance(0.5) ? 1 : -1);
  }

  #openTicks(before: number): number {
    const rng = this.#rng;
    const draw = rng.unit();
    if (draw < GAP_CHANCE) {
      const gapped = before * (1 + 0.8 * this.profile.sigma * rng.bell());
      const inside = Math.min(Math.max(gapped, this.regime.bottom), this.regime.top);
      return Math.max(Math.round(inside / this.ticks.step), 1);
    }
    if (draw > 1 - TICK_CHANCE) return Math.max(this.closeTicks + (rng.chance(0.5) ? 1 : -1), 1);
    return this.closeTicks;
  }

  /**
   * High and low of a Brownian bar that opens and closes there, `deviation` its standard deviation, all in ticks:
   * the maximum is (open + close + sqrt((close - open)^2 + 2 deviation^2 E)) / 2 with E exponential.
   */
  #extremes(open: number, close: number, deviation: number): void {
    const rng = this.#rng;
    const { top, bottom, reach } = this.regime;
    const step = this.ticks.step;
    const squared = (close - open) * (close - open);
    const spread = 2 * deviation * deviation;
    let high = (open + close + Math.sqrt(squared + spread * rng.exponential())) / 2;
    let low = (open + close - Math.sqrt(squared + spread * rng.exponential())) / 2;
    high = Math.min(high, top / step);
    low = Math.max(low, bottom / step);
    if (reach > 0) {
      high = Math.max(high, reach > this.close ? reach / step : 0);
      low = Math.min(low, reach < this.close ? reach / step : low);
    }
    const upper = Math.max(open, close);
    const lower = Math.min(open, close);
    this.high = this.#price(Math.max(Math.round(high), upper));
    this.low = this.#price(Math.max(Math.min(Math.round(low), lower), 1));
  }

  #trade(volumeRhythm: number): void {
    const { profile, regime } = this;
    const ordinaryRange = MEAN_RANGE * profile.sigma * this.close;
    const range = Math.min((this.high - this.low) / ordinaryRange, 5);
    const mood = growth(0.25 * this.#rng.bell() + 0.3 * this.#logVolatility);
    const activity = regime.activity * (1 + 2 * this.turbulence) * (0.6 + 0.4 * range) * mood;
    const quote = (profile.dailyVolume / BARS_PER_DAY) * volumeRhythm * activity;
    const steps = Math.max(Math.round(quote / (this.close * this.lots.step)), 1);
    this.volume = (steps * this.lots.mantissa) / this.#lotScale;
    this.quoteVolume = this.volume * this.close;
    this.recentQuoteVolume += RECENT * (this.quoteVolume - this.recentQuoteVolume);
  }

  #holdInterest(): void {
    const { phase, genuine } = this.regime;
    let change = 0.0012 * this.#rng.bell() + INTEREST_REVERSION * (1 - this.interest);
    if (phase === 'trend' || phase === 'retest') change += INTEREST_TREND;
    else if (phase === 'extend' || phase === 'pierced')
      change += genuine ? INTEREST_BREAKOUT : INTEREST_TREND;
    this.interest = Math.min(Math.max(this.interest + change, 0.4), 2.5);
  }

  #price(ticks: number): number {
    return (ticks * this.ticks.mantissa) / this.#tickScale;
  }

  #close(ticks: number): void {
    this.closeTicks = ticks;
    this.close = this.#price(ticks);
  }

  archive(a: Archive): void {
    a.section('SymbolPath');
    a.same('the seed of a symbol', this.key);
    this.#rng.archive(a);
    this.regime.archive(a);
    this.open = a.number(this.open);
    this.high = a.number(this.high);
    this.low = a.number(this.low);
    this.close = a.number(this.close);
    this.volume = a.number(this.volume);
    this.closeTicks = a.number(this.closeTicks);
    this.surprise = a.number(this.surprise);
    this.turbulence = a.number(this.turbulence);
    this.quoteVolume = a.number(this.quoteVolume);
    this.recentQuoteVolume = a.number(this.recentQuoteVolume);
    this.interest = a.number(this.interest);
    this.#logVolatility = a.number(this.#logVolatility);
  }
}
