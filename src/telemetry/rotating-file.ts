/**
 * The log file. Each line is in the hands of the system when `write` returns, so a process that dies loses none, and
 * nothing waits in memory while the disk is full: such lines are counted and dropped, and the next that can be
 * written says how many. A file that was moved or removed from outside is made anew.
 */
import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Outage, OutageWatch } from './outage.ts';

export interface LineSink {
  /** @param line one JSON object, without its line feed. Never throws. */
  write(line: string): void;
  close(): void;
}

export interface RotatingFileOptions {
  readonly file: string;
  /** A file that a line would take beyond this is rotated first; a longer line gets a file of its own. */
  readonly maxBytes: number;
  /** Files kept, the current one included: FILE, FILE.1 (the newest of the old), FILE.2, … */
  readonly maxFiles: number;
  /** Told, once for each outage, what keeps the file from being written, and when it is written again. */
  readonly complain: (text: string) => void;
  /** The line that tells of an outage that is over. */
  readonly afterOutage: (outage: Outage) => string;
}

const ONLY_OWNER = 0o600;
const ONLY_OWNER_FOLDER = 0o700;

interface Open {
  readonly fd: number;
  readonly inode: number;
  size: number;
  /** Above this it is rotated. More than the maximum after a rotation that could not be done. */
  limit: number;
}

export class RotatingFile implements LineSink {
  readonly #options: RotatingFileOptions;
  readonly #outages: OutageWatch;
  #open: Open | null = null;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#outages = new OutageWatch(`the log file ${options.file}`, options.complain);
  }

  write(line: string): void {
    const { current } = this.#outages;
    try {
      this.#append(current === null ? line : `${this.#options.afterOutage(current)}\n${line}`);
    } catch (error) {
      this.#outages.lost(error);
      return;
    }
    this.#outages.over();
  }

  close(): void {
    if (this.#open) closeSync(this.#open.fd);
    this.#open = null;
  }

  #append(text: string): void {
    const bytes = Buffer.from(`${text}\n`);
    let open = this.#current();
    if (open.size > 0 && open.size + bytes.length > open.limit) open = this.#rotate(open);
    try {
      writeWhole(open.fd, bytes);
    } catch (error) {
      takeBack(open);
      throw error;
    }
    open.size += bytes.length;
  }

  /** The file at the path, whoever moved or removed the one that was there. */
  #current(): Open {
    const { file } = this.#options;
    if (this.#open) {
      if (statSync(file, { throwIfNoEntry: false })?.ino === this.#open.inode) return this.#open;
      this.close();
    }
    mkdirSync(dirname(file), { recursive: true, mode: ONLY_OWNER_FOLDER });
    const fd = openSync(file, 'a', ONLY_OWNER);
    try {
      const found = fstatSync(fd);
      const { ino, size, mode } = found;
      const isFile = found.isFile();
      if (isFile && (mode & 0o777) !== ONLY_OWNER) fchmodSync(fd, ONLY_OWNER);
      this.#open = { fd, inode: ino, size, limit: this.#options.maxBytes };
      return this.#open;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  #rotate(full: Open): Open {
    const { file, maxFiles, maxBytes, complain } = this.#options;
    const named = (n: number): string => (n === 0 ? file : `${file}.${n}`);
    try {
      rmSync(named(maxFiles - 1), { force: true });
      for (let n = maxFiles - 2; n >= 0; n -= 1) moveIfThere(named(n), named(n + 1));
    } catch (error) {
      // Better a file that is too long than lines lost. It is tried again once as much has been written.
      complain(`the log file ${file} cannot be rotated: ${String(error)}; it goes on growing`);
      full.limit = full.size + maxBytes;
      return full;
    }
    this.close();
    return this.#current();
  }
}

/** A full disk takes a part of a line: half a line would spoil the next one. */
function takeBack({ fd, size }: Open): void {
  if (fstatSync(fd).isFile()) ftruncateSync(fd, size);
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
