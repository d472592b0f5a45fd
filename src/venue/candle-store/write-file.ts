import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../replay/data-error.ts';

const UNFINISHED = '.unfinished-';

/** Removes what a process that died was still writing: nothing reads it. */
export async function clearUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { force: true });
}

/**
 * Writes a file as a whole: whoever reads, whenever the process or the machine ends, finds the old one or the new one.
 * @throws DataError with what the file system says; the old one is still there then.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const unfinished = join(folder, `${UNFINISHED}${basename(path)}`);
  try {
    const file = await open(unfinished, 'w', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DataError('DATA_STORE_UNUSABLE', `${path} cannot be written (${why})`, { cause });
  }
}

/** The name is on the disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
