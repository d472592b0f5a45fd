/** Figures of fixed width, for columns that stand still while their numbers move. Times are UTC. */

/** `08:05:00`. */
export function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `03-31 08:05:00`: a day apart matters where venue time runs fast. */
export function dayClock(at: number): string {
  return new Date(at).toISOString().slice(5, 19).replace('T', ' ');
}

const dayOf = (at: number): number => Math.floor(at / 86_400_000);

/** The time of each of some moments; the day as well of those on another day than `now`. All are of one width. */
export function clocks(times: readonly number[], now: number): readonly string[] {
  const isOther = (at: number): boolean => dayOf(at) !== dayOf(now);
  if (!times.some(isOther)) return times.map(clock);
  return times.map((at) => (isOther(at) ? dayClock(at).slice(0, 11) : clock(at).padStart(11)));
}

/** `45s`, `12m`, `3h05m`, `2d04h`: at most six cells. */
export function shortSpan(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d${String(hours % 24).padStart(2, '0')}h`;
}

/** `0.3s` under ten seconds, then as `shortSpan`. */
export function age(millis: number): string {
  const ms = Math.max(0, millis);
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)}s` : shortSpan(ms);
}

/** `+1.24`, `-0.50`, `+0.00`: the sign says what the colour says. */
export function signed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  return text.startsWith('-') && Number(text) !== 0 ? text : `+${text.replace('-', '')}`;
}

/** A decimal of the wire in at most `width` cells: whole when it fits, else fewer decimals, never fewer digits before the point. */
export function decimal(text: string, width = 10): string {
  if (text.length <= width) return text;
  const point = text.indexOf('.');
  if (point < 0) return text;
  const decimals = Math.max(0, width - point - 1);
  return Number(text).toFixed(Math.min(decimals, 20));
}

/** An amount of quote with two decimals. */
export function money(text: string): string {
  return Number(text).toFixed(2);
}
