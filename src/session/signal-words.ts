import type { Rejection } from '../engine/output.ts';

type Words = (found: string, most: string) => string;

/** Why a signal was not traded: the conditions of size and risk. The code is stable, the words may change. */
const WORDS: Readonly<Record<string, Words>> = {
  state_ready: () => 'entries are not taken now: paused, halted, stopping or busy',
  free_slot: () => 'no slot is free',
  one_position_per_symbol: () => 'the symbol has a position or an entry already',
  cooldown_base_bars: (found, most) => `${found} candles of 5 m since the last trade, needs ${most}`,
  short_allowed: () => 'a spot market cannot be sold short',
  max_same_side: (found, most) => `would be position ${found} on this side, at most ${most}`,
  max_stop_atr: (found, most) => `the stop is ${found} ATR away, at most ${most}`,
  max_total_risk: (found, most) => `${found} at risk already, at most ${most}`,
  max_correlated_risk: (found, most) => `${found} at risk with BTC already, at most ${most}`,
  max_leverage: (found, most) => `${found} held already, leverage allows ${most}`,
  max_depth_share: (found, most) => `the book has room for ${found}, needs ${most}`,
  size_after_caps: (found, most) => `${found} of the wanted size is left after the caps, needs ${most}`,
  min_notional: (found, most) => `worth ${found}, the venue takes no less than ${most}`,
};

/** The refusal of a signal in a line. */
export function refusalText({ code, value, threshold }: Rejection): string {
  const words = WORDS[code];
  if (words === undefined) return `${code}: found ${figure(value)}, threshold ${figure(threshold)}`;
  return words(figure(value), figure(threshold));
}

function figure(value: number | null): string {
  return value === null ? 'an unknown figure' : String(Number(value.toPrecision(4)));
}
