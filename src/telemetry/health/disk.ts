import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';

export interface DiskView {
  /** As `df` counts: what is used, of that and what this user can still take. */
  readonly usedPercent: number;
  readonly freeBytes: number;
  /** Whether files can be written to the folder. */
  readonly writable: boolean;
}

/** Measures the file system that a folder lies on. @throws what the system says, when it cannot be asked. */
export async function readDisk(folder: string): Promise<DiskView> {
  const { bsize, blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  const reachable = used + bavail;
  return {
    // Some file systems have no size (they take memory, or they are elsewhere): nothing of nothing is used.
    usedPercent: reachable === 0 ? 0 : (used / reachable) * 100,
    freeBytes: bavail * bsize,
    writable: await isWritable(folder),
  };
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch {
    // Whatever the system's reason, the answer is no.
    return false;
  }
}
