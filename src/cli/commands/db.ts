import { existsSync } from 'node:fs';
import type { Context } from '../context.ts';

/** `breakout db path`. */
export function dbPath({ output, paths }: Context): void {
  const file = paths.journalFile;
  const exists = existsSync(file);
  if (!exists && !output.json) output.note('There is no such file yet: the first start begins it.');
  output.result({ file, exists }, () => [file]);
}
