import { lstatSync, type Stats, statSync } from 'node:fs';

/** What is at a path: null when nothing is, a text (EACCES, ENOTDIR) when it cannot be seen. */
export function look(path: string): Stats | string | null {
  return looked(() => statSync(path, { throwIfNoEntry: false }));
}

/** As `look`, of a link the link itself. */
export function lookAtLink(path: string): Stats | string | null {
  return looked(() => lstatSync(path, { throwIfNoEntry: false }));
}

function looked(stat: () => Stats | undefined): Stats | string | null {
  try {
    return stat() ?? null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
