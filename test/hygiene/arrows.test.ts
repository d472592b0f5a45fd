import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'breakout-arrows-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Wrong {
  readonly file: string;
  readonly imports: string;
  readonly rule: string;
}

/** One wrong arrow a file; each must be refused, by the rule that is meant for it. */
const WRONG: readonly Wrong[] = [
  { file: 'archive/a.ts', imports: "import '../market/good.ts';", rule: 'archive-arrows' },
  { file: 'archive/b.ts', imports: "import 'node:zlib';", rule: 'kernel-is-pure' },
  { file: 'market/a.ts', imports: "import '../indicators/good.ts';", rule: 'market-arrows' },
  { file: 'indicators/a.ts', imports: "import '../strategy/good.ts';", rule: 'indicators-arrows' },
  { file: 'strategy/a.ts', imports: "import '../engine/good.ts';", rule: 'strategy-arrows' },
  { file: 'strategy/b.ts', imports: "import '../engine/input.ts';", rule: 'strategy-types-only' },
  { file: 'strategy/c.ts', imports: "import '../execution/good.ts';", rule: 'strategy-arrows' },
  { file: 'risk/a.ts', imports: "import '../config/preset.ts';", rule: 'risk-types-only' },
  { file: 'engine/a.ts', imports: "import '../session/lockstep.ts';", rule: 'engine-arrows' },
  { file: 'engine/b.ts', imports: "import type {} from '../session/lockstep.ts';", rule: 'engine-arrows' },
  { file: 'engine/c.ts', imports: "import 'node:fs';", rule: 'kernel-is-pure' },
  { file: 'engine/d.ts', imports: "import 'zod';", rule: 'kernel-has-no-packages' },
  { file: 'engine/e.ts', imports: "import 'big.js';", rule: 'exact-decimals-are-executions' },
  {
    file: 'indicators/b.ts',
    imports: "import type Big from 'big.js';",
    rule: 'lower-kernel-has-no-decimals',
  },
  { file: 'session/a.ts', imports: "import '../daemon/run.ts';", rule: 'session-arrows' },
  { file: 'protocol/a.ts', imports: "import '../daemon/run.ts';", rule: 'protocol-arrows' },
  { file: 'cli/a.ts', imports: "import '../engine/good.ts';", rule: 'cli-arrows' },
  { file: 'cli/b.ts', imports: "export const load = () => import('../daemon/run.ts');", rule: 'cli-arrows' },
  { file: 'cli/c.ts', imports: "import 'winston';", rule: 'clients-stay-light' },
  { file: 'cli/d.ts', imports: "import 'zod';", rule: 'clients-stay-light' },
  {
    file: 'cli/commands/backtest.ts',
    imports: "import '../../engine/good.ts';",
    rule: 'cli-commands-backtest-arrows',
  },
  {
    file: 'cli/backtest-report.ts',
    imports: "import '../backtest/run.ts';",
    rule: 'cli-backtest-report-types-only',
  },
  { file: 'tui/a.ts', imports: "import '../session/lockstep.ts';", rule: 'tui-arrows' },
  { file: 'utils/a.ts', imports: "import '../market/good.ts';", rule: 'new-folder-has-no-arrows' },
  { file: 'venue/a.ts', imports: "import './b.ts';", rule: 'no-circular' },
  { file: 'market/alone.ts', imports: '', rule: 'no-orphans' },
];

/** The right arrows: none of them may be refused. */
const RIGHT: Readonly<Record<string, string>> = {
  'archive/good.ts': '',
  'market/good.ts': "import '../archive/good.ts';",
  'indicators/good.ts': "import '../market/good.ts';",
  'strategy/good.ts': "import '../indicators/good.ts';\nimport type {} from '../config/preset.ts';",
  'execution/good.ts': "import 'big.js';\nimport type {} from '../engine/output.ts';",
  'engine/input.ts': "import type {} from '../config/preset.ts';",
  'engine/output.ts': "import type {} from '../market/good.ts';",
  'engine/good.ts':
    "import '../strategy/good.ts';\nimport '../execution/good.ts';\nimport type Big from 'big.js';",
  'config/preset.ts': "import 'zod';",
  'config/paths.ts': "import 'node:path';",
  'session/lockstep.ts': "import '../engine/good.ts';",
  'daemon/run.ts': "import '../session/lockstep.ts';\nimport 'winston';",
  'protocol/client.ts': "import type {} from '../engine/input.ts';",
  'backtest/run.ts': "import '../session/lockstep.ts';",
  'cli/good.ts': "import '../protocol/client.ts';\nimport '../config/paths.ts';\nimport 'commander';",
  'cli/commands/daemon-run.ts': "export const load = () => import('../../daemon/run.ts');",
  'cli/commands/backtest.ts': "export const load = () => import('../../backtest/run.ts');",
};

function write(file: string, text: string): void {
  const target = path.join(folder, 'src', file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function cruise(): { readonly name: string; readonly from: string }[] {
  const cli = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cli, '--config', path.join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  assert.notEqual(stdout, '', stderr);
  const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(stdout);
  return report.summary.violations.map((violation) => ({ name: violation.rule.name, from: violation.from }));
}

describe('import arrows', () => {
  cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, text] of Object.entries(RIGHT)) write(file, text);
  const clean = cruise();
  for (const wrong of WRONG) write(wrong.file, wrong.imports);
  write('venue/b.ts', "import './a.ts';");
  const refused = cruise();

  test('the arrows of the design are all allowed', () => {
    assert.deepEqual(clean, []);
  });

  for (const wrong of WRONG) {
    test(`src/${wrong.file} with «${wrong.imports}» fails the build`, () => {
      const names = refused.filter(({ from }) => from === `src/${wrong.file}`).map(({ name }) => name);
      assert.ok(names.includes(wrong.rule), `refused by ${JSON.stringify(names)}`);
    });
  }
});
