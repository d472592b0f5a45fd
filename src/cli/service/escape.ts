/**
 * Text that a unit file means literally. systemd reads `%` as a specifier everywhere, `$` as a variable in the
 * arguments of a command, and takes words with blanks, quotes or backslashes only in quotes.
 */
import { ConfigError } from '../../config/config-error.ts';

/**
 * A value that is taken as it is to the end of its line (a path after a colon, a description).
 * @throws ConfigError for a control character: what comes after a line end would be a line of the unit's own.
 */
export function plainValue(text: string): string {
  if (/\p{Cc}/u.test(text))
    throw new ConfigError(`${JSON.stringify(text)} holds control characters, which no unit can name`);
  return text.replaceAll('%', '%%');
}

/** One word of a list of words: a path, an assignment. */
export function word(text: string): string {
  const value = plainValue(text);
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** An argument of a command, after the program itself. */
export function argument(text: string): string {
  return word(text).replaceAll('$', '$$$$');
}
