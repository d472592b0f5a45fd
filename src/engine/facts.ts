import type { Shape } from '../archive/archive.ts';
import type { Market } from '../market/instrument.ts';
import type { BrokerCapabilities, VenueFigures } from './input.ts';

/** What the venue said it is. */
export interface VenueFacts {
  readonly markets: readonly Market[];
  readonly figures: VenueFigures;
  readonly broker: BrokerCapabilities;
  /** Symbols that were listed and are not any more; missing where there never was one. */
  readonly gone?: readonly string[];
}

export const factsShape: Shape<VenueFacts> = (a, facts) => a.json(facts);

/** Symbols that were listed and are not any more: none where the facts do not say. */
export function goneOf(facts: VenueFacts): readonly string[] {
  return facts.gone ?? [];
}
