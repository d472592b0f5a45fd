import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Files that a process which died was still writing: nothing reads them. */
export const UNFINISHED = /^\.unfinished-/;

/**
 * Writes a file as a whole: whoever reads, whenever the process or the machine ends, finds the old one or the new one.
 * @throws the error of the file system; the old one is still there then.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const unfinished = join(folder, `.unfinished-${basename(path)}`);
  try {
    const file = await open(unfinished, 'w', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(folder);
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
