/** Writes presets/preset.schema.json, which presets name under `$schema` for editors. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageInfo } from '../src/config/package.ts';
import { presetJsonSchema } from '../src/config/preset-problems.ts';

const { root } = packageInfo();
const file = join(root, 'presets', 'preset.schema.json');
writeFileSync(file, JSON.stringify(presetJsonSchema()));
execFileSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', file], { stdio: 'inherit' });
