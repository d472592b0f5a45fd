/** How far two clocks are apart, in the unit that a person reads. */
import { DAY, HOUR, MINUTE, type Millis, SECOND } from './time.ts';

/** `12 ms`, `1.5 s`, `1 min 30 s`, `3 h 2 min`, `2 d 4 h`; which way is for the caller to say. */
export function apart(span: Millis): string {
  const size = Math.abs(span);
  if (Math.round(size) < SECOND) return `${Math.round(size)} ms`;
  const tenths = Math.round((size / SECOND) * 10);
  if (tenths < 600) return `${tenths / 10} s`;
  const seconds = Math.round(size / SECOND);
  if (seconds < HOUR / SECOND) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(size / MINUTE);
  if (minutes < DAY / MINUTE) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(size / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
