import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
);

test('the lock file names the builds for every platform, so that npm ci accepts it on a fresh clone anywhere', () => {
  const locked = Object.keys(lock.packages);
  const missing = Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) =>
          !locked.some((key) => key === `node_modules/${name}` || key.endsWith(`/node_modules/${name}`)),
      )
      .map((name) => `${parent} -> ${name}`),
  );
  assert.deepEqual(missing, []);
});
