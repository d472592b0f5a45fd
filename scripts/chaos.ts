/**
 * `npm run chaos -- [--seeds N] [--first N] [--life MS]`: many clients at once at real daemons that trade, are reloaded,
 * stopped and killed; an independent model holds every answer, event and figure. The same seed makes the same choices;
 * what the daemon is doing at that moment is another matter, so a seed that fails is worth several runs.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, first: { type: 'string' }, life: { type: 'string' } },
});
const seeds = whole('seeds', values.seeds ?? '20');
const first = whole('first', values.first ?? String(1 + (Date.now() % 1_000_000)));
const life = whole('life', values.life ?? '3000');

console.log(`${seeds} seeds from ${first} on, ${life} ms a life`);
const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', 'test/chaos/chaos.long.test.ts'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      CHAOS_SEEDS: String(seeds),
      CHAOS_FIRST: String(first),
      CHAOS_LIFE_MS: String(life),
    },
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
