/** What systemd itself says of the units: nothing in them is unknown to it, and they are shut as tightly as they claim. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type Scope, type UnitSpec, unitName, unitText } from '../../src/cli/service/unit.ts';

/** The limit that the project has set itself; systemd calls up to 5 medium. */
const MAX_EXPOSURE = 3;

/** The first that can weigh a unit that is not loaded. */
const OFFLINE_SINCE = 250;

const version = systemdVersion();

function systemdVersion(): number | null {
  const { status, stdout } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/^systemd (\d+)/.exec(stdout)?.[1] ?? 0) : null;
}

function spec(scope: Scope, instance: string): UnitSpec {
  const common = {
    instance,
    node: process.execPath,
    launcher: '/usr/lib/breakout/bin/breakout.js',
    credentials: [{ name: 'exchange-key', path: '/etc/breakout.key' }],
  };
  return scope === 'system'
    ? { ...common, scope, runAs: null, runsFromHome: false }
    : {
        ...common,
        scope,
        home: '/home/ann',
        stateDir: '/home/ann/my state',
        configDir: '/home/ann/.config/breakout',
        namespaces: true,
        runsFromTemporary: false,
      };
}

describe('systemd about the unit', { skip: version === null && 'systemd-analyze is not installed' }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-units-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function analyze(
    scope: Scope,
    ...words: readonly string[]
  ): { status: number | null; stdout: string; stderr: string } {
    return spawnSync('systemd-analyze', [`--${scope}`, '--no-pager', ...words], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder, SYSTEMD_LOG_LEVEL: 'warning' },
    });
  }

  for (const scope of ['system', 'user'] as const) {
    for (const instance of ['default', 'second']) {
      const unit = unitName(instance);

      test(`${scope} ${unit}: no setting is unknown or has a value that systemd would drop`, () => {
        const file = path.join(folder, unit);
        writeFileSync(file, unitText(spec(scope, instance)));
        const { status, stdout, stderr } = analyze(scope, '--man=no', 'verify', file);
        assert.equal(status, 0, stderr);
        // What it has to say of other units of this machine names them.
        const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('breakout'));
        assert.deepEqual(said, []);
      });

      test(`${scope} ${unit}: its exposure is ${MAX_EXPOSURE.toFixed(1)} or lower`, {
        skip: (version ?? 0) < OFFLINE_SINCE && `systemd ${version} weighs only units that are loaded`,
      }, (t) => {
        const file = path.join(folder, unit);
        writeFileSync(file, unitText(spec(scope, instance)));
        const { stdout, stderr } = analyze(scope, 'security', '--offline=true', file);
        const line = stdout.split('\n').find((each) => each.includes('Overall exposure level'));
        t.diagnostic(`systemd ${version}, ${scope}: ${line?.replace('→ ', '') ?? 'no score'}`);
        const score = Number(/: (\d+\.\d+)/.exec(line ?? '')?.[1] ?? Number.NaN);
        assert.ok(score <= MAX_EXPOSURE, `${line ?? stderr}`);
      });
    }
  }
});
