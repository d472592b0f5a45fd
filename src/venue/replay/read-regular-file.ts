import { readFile, stat } from 'node:fs/promises';

/**
 * Reads a whole file. A pipe or a device is refused before it is opened: its open or its read may never end.
 * @throws the error of the file system, or one that says what kind of thing lies there.
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  if (!(await stat(path)).isFile()) throw new Error('no regular file');
  return readFile(path);
}
