/** `npm run readme`: makes the generated parts of README.md anew. A test fails while they are stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageInfo } from '../src/config/package.ts';
import { rendered } from './readme/render.ts';

const file = join(packageInfo().root, 'README.md');
const text = readFileSync(file, 'utf8');
const made = await rendered(text);
if (made !== text) writeFileSync(file, made);
console.log(made === text ? 'README.md is up to date' : 'README.md has been made anew');
