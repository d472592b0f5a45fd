/** Option values as people write them. Each parser throws commander's own error, which ends as a usage error. */
import { InvalidArgumentError } from 'commander';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;
/** Fewer digits are a year, a compact date or epoch seconds: all of them mistakes that must not pass in silence. */
const EPOCH_MILLIS = /^\d{11,14}$/;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;

const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** An ISO date (midnight UTC), an ISO time (UTC where no zone is given) or epoch milliseconds. */
export function instant(text: string): number {
  if (EPOCH_MILLIS.test(text)) return Number(text);
  const zoned = DATE.test(text) ? `${text}T00:00:00Z` : DATE_TIME.exec(text)?.[1] ? text : `${text}Z`;
  const at = DATE.test(text) || DATE_TIME.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  // The engine rolls 2024-02-31 over into March: a date that does not exist is an error instead.
  const exists =
    !Number.isNaN(at) &&
    new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  if (!exists) {
    throw new InvalidArgumentError(
      'Give a date (2024-03-31), a time (2024-03-31T08:00Z) or epoch milliseconds.',
    );
  }
  return at;
}

/** Node fires a timer beyond this at once: a session meant for a month would end as it began. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A stretch of wall time with its unit: 500ms, 60s, 5m, 1.5h. In milliseconds. */
export function duration(text: string): number {
  const parts = DURATION.exec(text);
  const millis = parts ? Number(parts[1]) * (UNIT[parts[2] ?? ''] ?? Number.NaN) : Number.NaN;
  if (!(millis > 0) || millis > LONGEST_TIMER)
    throw new InvalidArgumentError('Give a time with its unit, up to 596h: 500ms, 60s, 5m, 1h.');
  return millis;
}

/** A time, or how long ago it was: 10m, 2h. */
export function ago(text: string): number {
  return DURATION.test(text) ? Date.now() - duration(text) : instant(text);
}

/** Symbols with commas between them; blanks and an empty tail are forgiven, an empty list is not. */
export function symbols(text: string): string[] {
  const list = text
    .split(',')
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== '');
  if (list.length === 0)
    throw new InvalidArgumentError('Give symbols with commas between them: BTCUSDT,ETHUSDT.');
  return [...new Set(list)];
}

/** Words with commas between them. */
export function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Beyond this floats no longer tell one unit of quote from the next. */
const MOST = 1e15;

/** A positive amount of quote coin, kept as the decimal that was written. */
export function amount(text: string): string {
  if (!DECIMAL.test(text) || !(Number(text) > 0) || Number(text) > MOST) {
    throw new InvalidArgumentError('Give a positive amount such as 10000 or 2500.50, up to 1e15.');
  }
  return text;
}

/** How many times faster than the clock; 0 is as fast as it goes. */
export function speed(text: string): number {
  if (!DECIMAL.test(text))
    throw new InvalidArgumentError('Give a number: 1 is real time, 600 is fast, 0 is as fast as it goes.');
  return Number(text);
}

export function seed(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value > 0xffff_ffff)
    throw new InvalidArgumentError('Give a whole number from 0 to 4294967295.');
  return value;
}

export function count(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

/** A whole number from 0. */
export function ordinal(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}
