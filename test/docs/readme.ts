/** README.md as a test reads it: its console blocks, each command with the output that is printed below it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageInfo } from '../../src/config/package.ts';

export const README = readFileSync(join(packageInfo().root, 'README.md'), 'utf8');

export interface Shown {
  /** As it is typed, without the `$ ` before it. */
  readonly line: string;
  /** What the page says it prints; empty where it says nothing. */
  readonly output: readonly string[];
}

/** Indented blocks, each as its lines without the indentation. */
export function codeBlocks(text: string): string[][] {
  const blocks: string[][] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const code = /^ {4}(.*)$/.exec(line)?.[1];
    if (code !== undefined && inside) blocks.at(-1)?.push(code);
    else if (code !== undefined) blocks.push([code]);
    // A blank line does not end a block, it stands between two commands of it.
    else if (line === '' && inside) blocks.at(-1)?.push('');
    inside = code !== undefined || (line === '' && inside);
  }
  return blocks.map((block) => block.join('\n').trimEnd().split('\n'));
}

/** Every command of the page, in its order. */
export function shownCommands(text: string): Shown[] {
  return codeBlocks(text).flatMap((block) => {
    const found: { line: string; output: string[] }[] = [];
    let continued = false;
    for (const line of block) {
      const last = found.at(-1);
      if (line.startsWith('$ ')) found.push({ line: line.slice(2), output: [] });
      else if (continued && last) last.line = `${last.line.slice(0, -1)}${line.trimStart()}`;
      else last?.output.push(line);
      continued = line.endsWith('\\') && (continued || line.startsWith('$ '));
    }
    return found.map(({ line, output }) => ({
      line,
      output: output
        .join('\n')
        .trim()
        .split('\n')
        .filter((_, i, all) => all.length > 1 || all[i] !== ''),
    }));
  });
}
