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
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  const folder = fileURLToPath(new URL('src/', root));
  return readdirSync(folder, { recursive: true }).every(
    (file) => statSync(`${folder}${file}`).mtimeMs <= builtAt,
  );
}

if (!existsSync(source) || buildIsCurrent()) {
  await import(built.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
}
