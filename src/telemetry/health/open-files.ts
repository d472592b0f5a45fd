import { readdir, readFile } from 'node:fs/promises';

export interface OpenFilesView {
  /** File descriptors: files, sockets, pipes and what the runtime holds. */
  readonly open: number;
  /** How many there may be; null when there is no limit. */
  readonly limit: number | null;
}

/** What Linux tells of this process; null elsewhere. @throws what the system says, when it cannot be asked. */
export async function readOpenFiles(): Promise<OpenFilesView | null> {
  if (process.platform !== 'linux') return null;
  // One after the other: what is open for the second would count in the first.
  const descriptors = await readdir('/proc/self/fd');
  const limits = await readFile('/proc/self/limits', 'utf8');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  // One of them is the listing itself.
  return {
    open: descriptors.length - 1,
    limit: soft === undefined || soft === 'unlimited' ? null : Number(soft),
  };
}
