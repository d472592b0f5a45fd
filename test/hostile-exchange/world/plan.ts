/** What a seed's session is struck by: one fault alone, or some at once, on one of the two protocols. */
import { Dice } from '../../hostile/world/dice.ts';
import { FAULT_NAMES } from './faults.ts';

export interface Plan {
  readonly seed: number;
  readonly protocol: 'bybit' | 'binance';
  /** `mix` or the one fault's name. */
  readonly name: string;
  readonly faults: readonly string[];
  readonly strength: number;
}

/** Even seeds are mixes; odd ones take the faults in turn, each on both protocols. */
export function planOf(seed: number, fault?: string, protocol?: Plan['protocol']): Plan {
  const dice = new Dice(seed * 31 + 5);
  const nth = Math.floor(seed / 2);
  const name = fault ?? (seed % 2 === 0 ? 'mix' : FAULT_NAMES[nth % FAULT_NAMES.length]);
  const turn = fault !== undefined ? seed : seed % 2 === 0 ? nth : Math.floor(nth / FAULT_NAMES.length) + nth;
  const on = protocol ?? (turn % 2 === 0 ? 'bybit' : 'binance');
  if (name === 'mix') {
    const faults = FAULT_NAMES.filter((each) => each !== 'none' && dice.chance(0.22));
    // So that no mix is without deaths for long, nor with nothing else.
    if (dice.chance(0.5) && !faults.includes('kill')) faults.push('kill');
    return { seed, protocol: on, name, faults, strength: dice.pick([0.1, 0.25, 0.5]) };
  }
  if (name === undefined || !FAULT_NAMES.includes(name))
    throw new RangeError(`no fault ${name}; there are mix, ${FAULT_NAMES.join(', ')}`);
  return { seed, protocol: on, name, faults: [name], strength: 1 };
}
