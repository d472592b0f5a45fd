import { basename } from 'node:path';

/** Something in the configuration or the environment is wrong. The message names the place and the mend. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
}

/** One thing that is wrong with a document that a person wrote. */
export interface Problem {
  /** Path within the document, e.g. `risk.risk_per_trade`; empty for the whole. */
  readonly path: string;
  /** The value there as JSON, or `nothing`; never a secret. */
  readonly found: string;
  /** What may stand there, in words. */
  readonly allowed: string;
}

/** `where: path: found …, allowed: …` */
export function problemLine(where: string, { path, found, allowed }: Problem): string {
  return `${path === '' ? where : `${where}: ${path}`}: found ${found}, allowed: ${allowed}`;
}

/** A document that cannot be used. The message holds every problem, a line each, with the file's path. */
export class ConfigInvalid extends ConfigError {
  override readonly name: string = 'ConfigInvalid';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'));
    this.file = file;
    this.problems = problems;
  }

  /** The problems with the file's name alone, for those who are not to see where it lies. */
  get lines(): readonly string[] {
    return this.problems.map((problem) => problemLine(basename(this.file), problem));
  }
}
