/** The detail of a row: names at the left, what is known of each at the right. */
import { type Line, line, plain, type Span, span } from '../text/line.ts';

const NAME = 12;

export type Field = readonly [name: string, value: Span | string];

/** Text from outside is made harmless here. */
export function fields(pairs: readonly Field[]): Line[] {
  return pairs.map(([name, value]) =>
    line(
      span('dim', name.padEnd(NAME)),
      typeof value === 'string' ? plain(value) : span(value.tone, plain(value.text)),
    ),
  );
}
