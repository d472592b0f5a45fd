/** What the account holds of one symbol, exact: fills in whole lots, less the fees that spot takes in base. */
import type { Archive } from '../../archive/archive.ts';
import type { Market } from '../../market/instrument.ts';
import { feeDecimals } from './costs.ts';
import { decimalText } from './steps.ts';

export class Holding {
  readonly #scale: number;
  readonly #unitsPerLot: bigint;
  /** In units of 10^-scale of the base coin, signed. */
  #units = 0n;

  constructor(market: Market) {
    this.#scale = feeDecimals(market);
    this.#unitsPerLot = BigInt(market.lots.mantissa) * 10n ** BigInt(this.#scale - market.lots.scale);
  }

  /** Whole lots held, signed; what is less than a lot cannot be traded and does not count. */
  get lots(): number {
    return Number(this.#units / this.#unitsPerLot);
  }

  get flat(): boolean {
    return this.#units === 0n;
  }

  /** @param baseFee the fee taken in base, a plain decimal of at most the fee's decimals; null when it is in quote. */
  add(signedLots: number, baseFee: string | null): void {
    this.#units += BigInt(signedLots) * this.#unitsPerLot;
    if (baseFee === null) return;
    const [whole, fraction = ''] = baseFee.split('.');
    this.#units -= BigInt(`${whole}${fraction.padEnd(this.#scale, '0')}`);
  }

  /** Signed base quantity as an exact decimal. */
  get text(): string {
    return decimalText(this.#units, this.#scale);
  }

  archive(a: Archive): void {
    a.section('Holding');
    this.#units = BigInt(a.text(String(this.#units)));
  }
}
