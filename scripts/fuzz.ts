/**
 * `npm run fuzz -- [--lines N] [--seed N]`: the fuzz test of the control socket at length. Without a seed it takes one
 * from the clock; it prints the seed, and the same seed sends the same lines again.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { lines: { type: 'string' }, seed: { type: 'string' } } });
const lines = whole('lines', values.lines ?? '1000000');
const seed = whole('seed', values.seed ?? String(Date.now() % 2 ** 31));

console.log(`${lines} lines, seed ${seed}`);
const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', 'test/fuzz/fuzz.long.test.ts'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, FUZZ_LINES: String(lines), FUZZ_SEED: String(seed) },
    stdio: 'inherit',
  },
);
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} ${JSON.stringify(text)}: a whole number from 1 to 999999999`);
  process.exit(3);
}
