import { BybitError } from './codes.ts';

/** A page of a list, newest first; the cursor names the ordinal of what comes next, counted from the oldest. */
export function page<T>(
  newestFirst: readonly T[],
  limit: number,
  cursor: string | null,
): { readonly list: readonly T[]; readonly nextPageCursor: string } {
  const total = newestFirst.length;
  const left = cursor === null ? total : Number(/^p(\d+)$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(left) || left > total) throw new BybitError(10001, 'params error: cursor invalid');
  const list = newestFirst.slice(total - left, total - left + limit);
  return { list, nextPageCursor: left > limit ? `p${left - limit}` : '' };
}
