import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { PAGES } from '../../src/cli/man/pages.ts';
import { escaped, Page } from '../../src/cli/man/roff.ts';
import { program } from '../../src/cli/program.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { ERRORS } from '../../src/protocol/errors.ts';
import { TOPICS } from '../../src/protocol/events.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { Sandbox } from './sandbox.ts';

const groff = spawnSync('groff', ['--version']).status === 0;
const noGroff = groff ? false : 'groff is not installed here';

/** What a reader sees, on lines as wide as the longest paragraph. */
function rendered(roff: string): string {
  const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-P-cbou', '-rLL=5000n', '-ww'], {
    input: roff,
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout;
}

function everyCommand(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return command.commands
    .filter((child) => shown.includes(child))
    .flatMap((child) => [child, ...everyCommand(child)]);
}

const page = (): string => PAGES.breakout.make(program());

describe('breakout(1)', () => {
  test('has every command with every option, and every example of its help', { skip: noGroff }, () => {
    const text = rendered(page());
    for (const command of everyCommand(program())) {
      const help = command.createHelp();
      const usage = help.commandUsage(command);
      const from = text.indexOf(`   ${usage}\n`);
      assert.ok(from >= 0, usage);
      const next = text.slice(from + 1).search(/\n {3}\S|\n\S/);
      const own = text.slice(from, from + 1 + next);
      for (const option of command.options)
        assert.ok(own.includes(help.optionTerm(option)), `${usage}: ${option.flags}`);
      let told = '';
      command.configureOutput({ writeOut: (part) => (told += part) });
      command.outputHelp();
      for (const [, example = ''] of told.matchAll(/^ +\$ (.+)$/gm))
        assert.ok(own.includes(`$ ${example}`), `${usage}: ${example}`);
    }
  });

  test('has the exit codes, and a variable for every setting', { skip: noGroff }, () => {
    const text = rendered(page());
    for (const code of [0, 1, 2, 3]) assert.match(text, new RegExp(`^ +${code} {2,}\\w`, 'm'));
    for (const setting of loadSettings({ configDir: '/nowhere', env: {} }).sources.keys())
      assert.ok(text.includes(`BREAKOUT_${setting.replaceAll('.', '_').toUpperCase()}\n`), setting);
  });

  test('is the same whenever it is made, so that a package can be built again and compared', () => {
    assert.equal(page(), page());
    assert.match(page(), /^\.TH "BREAKOUT" 1 "" "breakout \d+\.\d+\.\d+" /m);
  });
});

test('breakout-rpc(7) has every method, every error and every topic', { skip: noGroff }, () => {
  const text = rendered(PAGES['breakout-rpc'].make(program()));
  for (const [name, { kind }] of Object.entries(METHODS))
    assert.ok(text.includes(` ${name} (${kind})\n`), name);
  for (const [code, { rpc }] of Object.entries(ERRORS)) assert.ok(text.includes(` ${code} (${rpc})\n`), code);
  for (const topic of TOPICS) assert.ok(text.includes(topic), topic);
});

describe('a manual page', () => {
  test('shows any text as it is: nothing in it is taken for a request of roff', { skip: noGroff }, () => {
    const odd = [
      '.so /etc/passwd',
      "'br",
      '\\fBbold\\fR',
      'a -- b',
      `"it's"`,
      '`x`',
      '~ ^',
      '…—é',
      '\\',
      '\\n(.l',
    ];
    const made = new Page({ name: 'odd', section: 1, version: '1.0.0', manual: 'x' });
    made.verbatim(odd);
    for (const text of odd) made.item('--an-option', text);
    const text = rendered(made.text);
    for (const line of odd)
      assert.equal(text.split('\n').filter((shown) => shown.trim() === line.trim()).length, 2, line);
    assert.equal(escaped('two\n  lines'), 'two lines');
  });

  test('is what man shows without a warning', {
    skip: spawnSync('man', ['--version']).status !== 0 && 'man is not installed here',
  }, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'breakout-man-'));
    try {
      for (const { file, make } of Object.values(PAGES)) {
        writeFileSync(path.join(folder, file), make(program()));
        const { status, stdout, stderr } = spawnSync('man', ['--warnings', path.join(folder, file)], {
          env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANPAGER: 'cat', MANWIDTH: '80' },
          encoding: 'utf8',
        });
        assert.equal(stderr, '', file);
        assert.equal(status, 0);
        assert.match(stdout, /SEE ALSO/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('goes into a pipe as it is, is one document under --json, and needs no daemon', async () => {
    await using bot = new Sandbox();
    const { code, stdout } = await bot.run('man');
    assert.equal(code, 0);
    assert.equal(stdout, page());
    const told = await bot.json<{ page: string; text: string }>('man', 'breakout-rpc');
    assert.equal(told.page, 'breakout-rpc.7');
    assert.match(told.text, /^\.SH "METHODS"$/m);
    assert.equal(existsSync(bot.stateDir), false);
  });

  test('is among what the package installs, under the name that the build gives it', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const manifest: { man: string[]; files: string[]; scripts: Record<string, string> } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    assert.deepEqual(
      manifest.man,
      Object.values(PAGES).map(({ file }) => `./man/${file}`),
    );
    assert.ok(manifest.files.includes('man'));
    assert.match(manifest.scripts.prepack ?? '', /npm run man/);
  });
});
