import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const there = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const missing = (...programs: string[]): string | false => {
  const [first] = programs.filter((program) => !there(program));
  return first === undefined ? false : `${first} is not installed here`;
};

let folder: string;
let env: NodeJS.ProcessEnv;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'breakout-shells-'));
  const app = path.join(folder, 'app');
  await bundle(path.join(app, 'dist'));
  for (const part of ['bin', 'presets', 'package.json'])
    cpSync(path.join(root, part), path.join(app, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
  mkdirSync(path.join(folder, 'bin'));
  const program = path.join(folder, 'bin', 'breakout');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${app}/bin/breakout.js' "$@"\n`);
  chmodSync(program, 0o755);
  mkdirSync(path.join(folder, 'config', 'presets'), { recursive: true });
  for (const name of ['two words', 'co$t', 'a:b'])
    writeFileSync(path.join(folder, 'config', 'presets', `${name}.json`), '{}');
  mkdirSync(path.join(folder, 'here', 'candles of 2024'), { recursive: true });
  writeFileSync(path.join(folder, 'here', 'mine.json'), '{}');
  env = {
    PATH: `${path.join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    TERM: 'dumb',
    LC_ALL: 'C.UTF-8',
    COLUMNS: '200',
    BREAKOUT_STATE_DIR: path.join(folder, 'state'),
    BREAKOUT_CONFIG_DIR: path.join(folder, 'config'),
    BREAKOUT_SOCKET: path.join(folder, 'b.sock'),
  };
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A shell on a terminal of its own, with a key (Ctrl-]) that tells its command line. */
class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = '';
  #heard: () => void = () => undefined;

  constructor(t: TestContext, shell: string) {
    this.#child = spawn('script', ['-qec', shell, '/dev/null'], { env, cwd: path.join(folder, 'here') });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#said += text;
      this.#heard();
    });
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    t.after(async () => {
      this.#child.stdin.end('\u0003\u0015exit\r');
      // A shell that hangs loses its terminal, and ends with it.
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    });
  }

  /** Types, and waits until the shell has said something that matches. */
  async types(keys: string, says: RegExp): Promise<string> {
    this.#said = '';
    this.#child.stdin.write(keys);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${says} in ${JSON.stringify(this.#said)}`)),
        20_000,
      );
      this.#heard = () => {
        const found = says.exec(this.#said);
        if (!found) return;
        clearTimeout(timer);
        resolve(found[1] ?? '');
      };
      this.#heard();
    });
  }

  /** The command line after Tab behind `line`. */
  async completes(line: string): Promise<string> {
    const completed = await this.types(`${line}\t\u001d`, /LINE<(.*?)>/);
    await this.types('\u0015\u001d', /LINE<>/);
    return completed;
  }
}

/** What one Tab makes of a line, the same in bash and zsh. */
const LINES: readonly [typed: string, completed: string][] = [
  ['breakout statu', 'breakout status '],
  ['breakout start --mo', 'breakout start --mode '],
  ['breakout start --mode p', 'breakout start --mode paper '],
  ['breakout start --mode=p', 'breakout start --mode=paper '],
  ['breakout events --topics state,si', 'breakout events --topics state,signal'],
  ['breakout events --topics=state,si', 'breakout events --topics=state,signal'],
  ['breakout --json rpc engine.transi', 'breakout --json rpc engine.transitions '],
  ['breakout start --preset two', 'breakout start --preset two\\ words '],
  ['breakout start --preset co', 'breakout start --preset co\\$t '],
  ['breakout presets show "two', 'breakout presets show "two words" '],
  ['breakout presets validate mi', 'breakout presets validate mine.json '],
  ['breakout start --data=can', 'breakout start --data=candles\\ of\\ 2024/'],
  ['breakout start --data can', 'breakout start --data candles\\ of\\ 2024/'],
  ['breakout presets show a', 'breakout presets show a:b '],
  ['breakout status zzz', 'breakout status zzz'],
];

describe('bash', () => {
  const skip = missing('bash');

  /** COMPREPLY for a line, as bash hands it to the function. */
  const replies = (line: string): string[] => {
    const script = `source <(breakout completion bash)
      complete -p breakout >&2
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_TYPE=9 COMP_KEY=9
      read -ra COMP_WORDS <<<"$1"
      [[ $1 == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _breakout breakout "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', line], {
      env,
      cwd: path.join(folder, 'here'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, 'complete -F _breakout breakout\n');
    return stdout.split('\n').filter(Boolean).sort();
  };

  test('completes from a sourced script without a terminal, and starts no daemon', { skip }, () => {
    assert.deepEqual(replies('breakout sta'), ['start', 'status']);
    assert.deepEqual(replies('breakout daemon '), ['help', 'run', 'start', 'status', 'stop']);
    assert.deepEqual(replies('breakout completion '), ['bash', 'fish', 'zsh']);
    assert.deepEqual(replies('breakout levels B'), []);
    assert.deepEqual(replies('breakout presets validate m'), ['mine.json']);
    assert.equal(spawnSync('test', ['-e', path.join(folder, 'state')]).status, 1);
  });

  test('completes at a terminal as a person types', { skip: missing('bash', 'script') }, async (t) => {
    const bash = new Terminal(t, 'bash --norc --noprofile -i');
    await bash.types("PS1='$ '; echo rea''dy\r", /ready/);
    await bash.types(
      `source <(breakout completion bash); bind 'set bell-style none'; bind -x '"\\C-]": printf "LINE<%s>\\n" "$READLINE_LINE"'; echo do''ne\r`,
      /done/,
    );
    for (const [typed, completed] of LINES) assert.equal(await bash.completes(typed), completed, typed);
    assert.match(await bash.types('breakout sta\t\t', /(start\s+status)/), /start/);
  });
});

describe('zsh', () => {
  test('completes at a terminal as a person types, with descriptions', {
    skip: missing('zsh', 'script'),
  }, async (t) => {
    const zsh = new Terminal(t, 'zsh -f -i');
    await zsh.types("PS1='$ '; echo rea''dy\r", /ready/);
    await zsh.types(
      `unsetopt beep zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source <(breakout completion zsh); tell() { print -rn -- "LINE<$BUFFER>" }; zle -N tell; bindkey '^]' tell; echo do''ne\r`,
      /done/,
    );
    for (const [typed, completed] of LINES) assert.equal(await zsh.completes(typed), completed, typed);
    await zsh.types('breakout sta\t\t', /status\s+-- state, preset/);
  });

  test('loads the script as a function of its own from fpath', { skip: missing('zsh') }, () => {
    const script = `mkdir $1/fpath; breakout completion zsh > $1/fpath/_breakout; fpath=($1/fpath $fpath)
      autoload -Uz compinit; compinit -u -D; print $_comps[breakout]`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script, 'zsh', folder], {
      env,
      encoding: 'utf8',
    });
    assert.equal(stdout, '_breakout\n', stderr);
  });

  test('says what is missing where compinit has not run', { skip: missing('zsh') }, () => {
    const { stderr } = spawnSync('zsh', ['-f', '-c', 'source <(breakout completion zsh)'], {
      env,
      encoding: 'utf8',
    });
    assert.match(stderr, /^breakout: completion needs .*compinit/);
  });
});

describe('fish', () => {
  test('completes with descriptions', { skip: missing('fish') }, () => {
    const cases: readonly [line: string, first: string][] = [
      ['breakout statu', 'status\tstate, preset, positions, equity, latency'],
      ['breakout start --mode p', 'paper'],
      ['breakout start --mode=p', '--mode=paper'],
      ['breakout events --topics state,si', 'state,signal'],
      ['breakout presets show two', 'two words'],
      ['breakout presets show "two', 'two words'],
      ['breakout presets validate mi', 'mine.json'],
      ['breakout start --data=can', '--data=candles of 2024/'],
      ['breakout status zzz', ''],
    ];
    const script = `breakout completion fish | source
      ${cases.map(([line]) => `complete -C'${line}'; echo ===`).join('\n')}`;
    const { status, stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
      env,
      cwd: path.join(folder, 'here'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      stdout
        .split('===\n')
        .slice(0, -1)
        .map((text) => text.trimEnd()),
      cases.map(([, first]) => first),
    );
  });
});
