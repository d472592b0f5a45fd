#!/usr/bin/env node
// The launcher, and nothing else: an installed package runs dist/; a checkout runs dist/ while it is not older
// than the sources, and the TypeScript sources through tsx otherwise.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const built = new URL('dist/cli/main.js', root);
const source = new URL('src/cli/main.ts', root);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`breakout needs Node.js 20.19 or later; this is ${process.versions.node}\n`);
  process.exit(3);
}

/** True when no source file was changed after the build. */
function buildIsCurrent() {
  const build = statSync(built, { throwIfNoEntry: false });
  return build !== undefined && noneChangedAfter(build.mtimeMs, fileURLToPath(new URL('src', root)));
}

/**
 * A walk of its own: a recursive readdir of Node takes four times as long, and every command waits for it.
 * @param {number} instant
 * @param {string} folder
 * @returns {boolean}
 */
function noneChangedAfter(instant, folder) {
  return readdirSync(folder, { withFileTypes: true }).every((entry) => {
    const found = `${folder}/${entry.name}`;
    // A file that went away shows in the time of its folder.
    if (statSync(found).mtimeMs > instant) return false;
    return !entry.isDirectory() || noneChangedAfter(instant, found);
  });
}

if (!existsSync(source) || buildIsCurrent()) {
  await import(built.href);
} else {
  const { register } = await import('tsx/esm/api');
  // Else the settings of whatever folder the command is run in would be taken.
  register({ tsconfig: fileURLToPath(new URL('tsconfig.json', root)) });
  await import(source.href);
}
