import type { Archive } from '../../../archive/archive.ts';
import { growth, Rng, streamKey } from './rng.ts';

/** Standard deviation of the factor's 5 m return in ordinary times: about that of BTC. */
export const FACTOR_SIGMA = 0.0018;

const SHOCK_CHANCE = 1 / 600;
const SHOCK_VOLATILITY = 0.8;
const SHOCK_DECAY = 0.85;
const MAX_LOG_VOLATILITY = 1.3;
/** Pull of the factor's sum towards 0: half of a swing is gone after about a week. */
const REVERSION = 0.0004;

/** The return that all symbols share, each by its beta: clustered volatility, now and then a shock. */
export class MarketFactor {
  readonly #rng: Rng;
  #logVolatility = 0;
  #sum = 0;
  /** Return of the current bar, as a share. */
  value = 0;
  /** 1 at a shock, fading within the hour. */
  turbulence = 0;

  constructor(seed: number) {
    this.#rng = new Rng(streamKey(seed, 'market factor'));
  }

  /** @param rhythm volatility of this time of the day over an ordinary one */
  step(rhythm: number): void {
    const rng = this.#rng;
    this.#logVolatility = Math.min(0.985 * this.#logVolatility + 0.055 * rng.bell(), MAX_LOG_VOLATILITY);
    this.turbulence *= SHOCK_DECAY;
    let value = FACTOR_SIGMA * rhythm * growth(this.#logVolatility) * rng.bell() - REVERSION * this.#sum;
    if (rng.chance(SHOCK_CHANCE)) {
      value += FACTOR_SIGMA * rng.between(4, 8) * (rng.chance(0.5) ? 1 : -1);
      this.#logVolatility = Math.min(this.#logVolatility + SHOCK_VOLATILITY, MAX_LOG_VOLATILITY);
      this.turbulence = 1;
    }
    this.#sum += value;
    this.value = value;
  }

  archive(a: Archive): void {
    a.section('MarketFactor');
    this.#rng.archive(a);
    this.#logVolatility = a.number(this.#logVolatility);
    this.#sum = a.number(this.#sum);
    this.value = a.number(this.value);
    this.turbulence = a.number(this.turbulence);
  }
}
