/** Writes the schemas that presets and config.json name under `$schema` for editors, into presets/. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageInfo } from '../src/config/package.ts';
import { presetJsonSchema } from '../src/config/preset-problems.ts';
import { settingsJsonSchema } from '../src/config/settings.ts';

const { root } = packageInfo();
for (const [name, schema] of [
  ['preset', presetJsonSchema()],
  ['config', settingsJsonSchema()],
] as const) {
  const file = join(root, 'presets', `${name}.schema.json`);
  writeFileSync(file, JSON.stringify(schema));
  execFileSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', file], {
    stdio: 'inherit',
  });
}
