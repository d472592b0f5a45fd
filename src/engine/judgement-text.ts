/** A judgement in words: what was found, and what is needed. */
import { CONDITIONS, type ConditionEntry, isCondition, type Unit } from '../strategy/conditions.ts';
import type { Judgement } from '../strategy/why.ts';
import type { Rejection } from './output.ts';

/** By how much of the threshold it failed; null where that has no meaning. */
export function missOf({ condition, verdict, value, threshold }: Judgement): number | null {
  if (verdict !== 'failed' || value === null || threshold === null || threshold === 0) return null;
  if (CONDITIONS[condition].needs === 'yes') return null;
  return Math.abs(value - threshold) / Math.abs(threshold);
}

/** `volume of the break 1.31x, needs at least 1.40x`. */
export function judgementText({ condition, verdict, value, threshold }: Omit<Judgement, 'at'>): string {
  const { label, needs, unit, wrong }: ConditionEntry = CONDITIONS[condition];
  if (verdict === 'not_evaluated') return `${label}: not given by this venue`;
  if (needs === 'yes') return verdict === 'failed' ? (wrong ?? label) : label;
  const found = value === null ? 'not known' : figure(value, unit);
  return `${label} ${found}, needs ${needs} ${threshold === null ? 'some' : figure(threshold, unit)}`;
}

function figure(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return `${(value * 100).toFixed(2)} %`;
    case 'multiple':
      return `${value.toFixed(2)}x`;
    case 'atr':
      return `${value.toFixed(2)} ATR`;
    case 'quote':
      return large(value);
    case 'bps':
      return `${value.toFixed(1)} bps`;
    case 'hours':
      return `${value.toFixed(1)} h`;
    case 'r':
      return `${value.toFixed(2)} R`;
    case 'candles':
    case 'number':
      return Number.isInteger(value) ? String(value) : value.toFixed(2);
  }
}

/** `1.25M`: three digits that matter. */
function large(value: number): string {
  for (const [size, suffix] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))}${suffix}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** Why a signal was not traded, in words, from the code and figures that `refused` events carry. */
export function refusalText({ code, value, threshold }: Rejection): string {
  // Words for people: what has none yet must stop nothing.
  return isCondition(code) ? judgementText({ condition: code, verdict: 'failed', value, threshold }) : code;
}
