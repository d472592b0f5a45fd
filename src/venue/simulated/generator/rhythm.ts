import { at } from '../../../market/arrays.ts';
import { BASE, DAY, type Millis } from '../../../market/time.ts';

const BARS_PER_DAY = DAY / BASE;

/** Activity by hour UTC: quiet before Asia opens, busiest while Europe and America overlap. */
const HOURLY = Float64Array.of(
  ...[1.0, 0.95, 0.85, 0.8, 0.75, 0.75, 0.8, 0.9, 1.0, 1.0, 0.95, 0.95],
  ...[1.1, 1.35, 1.5, 1.45, 1.35, 1.2, 1.1, 1.0, 0.95, 0.9, 0.9, 0.95],
);

const byBar = (value: (hour: number) => number) =>
  Float64Array.from({ length: BARS_PER_DAY }, (_, bar) => {
    const hour = Math.floor((bar * 24) / BARS_PER_DAY);
    const share = (bar * 24) / BARS_PER_DAY - hour;
    return value(hour) * (1 - share) + value((hour + 1) % 24) * share;
  });

/** Volume of each base bar of the day over an ordinary one. */
const VOLUME = byBar((hour) => at(HOURLY, hour));
/** Volatility likewise: it follows the square root of volume. */
const VOLATILITY = VOLUME.map((volume) => Math.sqrt(volume));

const barOfDay = (opensAt: Millis): number => Math.floor((((opensAt % DAY) + DAY) % DAY) / BASE);

export const volumeRhythm = (opensAt: Millis): number => at(VOLUME, barOfDay(opensAt));
export const volatilityRhythm = (opensAt: Millis): number => at(VOLATILITY, barOfDay(opensAt));
