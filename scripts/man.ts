/**
 * `npm run man`, and part of the build: writes the manual pages to man/, from where npm installs them. They are not
 * kept in git: made from the program's tables, they would be out of date with every change of an option.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES } from '../src/cli/man/pages.ts';
import { program } from '../src/cli/program.ts';

const folder = fileURLToPath(new URL('../man/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const { file, make } of Object.values(PAGES)) writeFileSync(path.join(folder, file), make(program()));
