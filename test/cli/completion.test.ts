import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import fc from 'fast-check';
import { bashAnswer } from '../../src/cli/completion/answer.ts';
import { type Completion, complete, type LookUp } from '../../src/cli/completion/complete.ts';
import { quoted, readLine } from '../../src/cli/completion/line.ts';
import { namesFrom, VENUES } from '../../src/cli/completion/names.ts';
import { ARGUMENT_VALUES, OPTION_VALUES, pathOf, REPEATABLE } from '../../src/cli/completion/values.ts';
import { program } from '../../src/cli/program.ts';
import { VENUE_NAMES } from '../../src/session/venues.ts';
import { daemonHere, privateFolder } from '../daemon/support.ts';

const BREAKS = ' \t\n"\'@><=;|&(:';

/** Two names of each kind. */
const two: LookUp = async (source) => [
  { value: `${source}-a` },
  { value: `${source}-b`, about: 'the second' },
];

const at = (...words: string[]): Promise<Completion> => complete(program(), words, two);

async function values(...words: string[]): Promise<string[]> {
  const found = await at(...words);
  assert.equal(found.kind, 'words', words.join(' '));
  return found.kind === 'words' ? found.candidates.map(({ value }) => value) : [];
}

function everyCommand(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return [command, ...command.commands.filter((child) => shown.includes(child)).flatMap(everyCommand)];
}

const COMMANDS = everyCommand(program());
const wordsOf = (command: Command): string[] => pathOf(command).split(' ').filter(Boolean);

const idsOf = (positions: readonly { readonly tradeId: number }[]) => positions.map(({ tradeId }) => tradeId);

describe('what completion offers', () => {
  test('every command that the help shows, so that none has to be known by heart', async () => {
    for (const command of COMMANDS.slice(1)) {
      const words = wordsOf(command);
      assert.ok((await values(...words.slice(0, -1), '')).includes(command.name()), words.join(' '));
    }
  });

  test('every option of every command, long and short, and none twice', async () => {
    for (const command of COMMANDS) {
      const offered = await values(...wordsOf(command), '-');
      for (const option of command.createHelp().visibleOptions(command))
        for (const flag of [option.long, option.short])
          if (flag !== undefined) assert.ok(offered.includes(flag), `${pathOf(command)} ${flag}`);
      assert.ok(offered.includes('--socket'), `${pathOf(command)}: global options`);
      assert.equal(new Set(offered).size, offered.length, pathOf(command));
    }
  });

  test('every choice of every option and argument, behind a space and behind =', async () => {
    let seen = 0;
    for (const command of COMMANDS) {
      for (const { long, argChoices } of command.options) {
        if (argChoices === undefined || long === undefined) continue;
        assert.deepEqual(await values(...wordsOf(command), long, ''), argChoices);
        assert.deepEqual(await values(...wordsOf(command), `${long}=`), argChoices);
        seen++;
      }
    }
    assert.ok(seen > 3);
    assert.deepEqual(await values('completion', ''), ['bash', 'zsh', 'fish']);
  });

  test('no hidden command', async () => {
    assert.ok(!(await values('')).includes('__complete'));
    assert.ok(!program().helpInformation().includes('__complete'));
  });

  test('the names that are looked up belong to options and arguments that there are', () => {
    const flags = new Set(COMMANDS.flatMap((command) => command.options.map(({ long }) => long)));
    for (const flag of [...OPTION_VALUES.keys(), ...REPEATABLE]) assert.ok(flags.has(flag), flag);
    for (const [path, meanings] of ARGUMENT_VALUES) {
      const command = COMMANDS.find((each) => pathOf(each) === path);
      assert.ok(command && command.registeredArguments.length >= meanings.length, path);
    }
  });

  test('the venues that a session can trade on', () => {
    assert.deepEqual(
      VENUES.map(({ value }) => value),
      VENUE_NAMES,
    );
  });

  const cases: readonly [line: string[], offered: string[]][] = [
    [
      ['start', '--preset', ''],
      ['presets-a', 'presets-b'],
    ],
    [
      ['start', '--preset='],
      ['presets-a', 'presets-b'],
    ],
    [
      ['--socket', '/s', 'close', ''],
      ['positions-a', 'positions-b'],
    ],
    [
      ['cancel', '--json', ''],
      ['entry orders-a', 'entry orders-b'],
    ],
    [
      ['rpc', ''],
      ['methods-a', 'methods-b'],
    ],
    [
      ['sessions', 'show', ''],
      ['sessions-a', 'sessions-b'],
    ],
    [
      ['--instance', ''],
      ['instances-a', 'instances-b'],
    ],
    [['events', '--topics', 'topics-a,'], ['topics-b']],
    [['start', '--symbols=x,symbols-b,'], ['symbols-a']],
    [
      ['daemon', 'run', '--log-level=warn', '--log-level', ''],
      ['error', 'warn', 'info', 'debug'],
    ],
    [
      ['logs', '-fn', '20', '--level', ''],
      ['error', 'warn', 'info', 'debug'],
    ],
    [['help', 'daemon', ''], []],
    [['nothing', ''], []],
    [['status', '--', ''], []],
    [['status', '--nothing', ''], []],
    [['pause', '--reason', ''], []],
  ];
  for (const [line, offered] of cases) {
    test(`breakout ${line.join(' ')}|: ${offered.join(' ') || 'nothing'}`, async () => {
      assert.deepEqual(await values(...line), offered);
    });
  }

  test('no option that is given already, but one that may be given again', async () => {
    const left = await values('service', 'install', '--now', '--credential', 'a:b', '-');
    assert.ok(!left.includes('--now'));
    assert.ok(left.includes('--credential'));
  });

  test('no option that excludes one that is given', async () => {
    assert.ok(!(await values('service', 'install', '--user', '-')).includes('--system'));
    assert.ok(!(await values('service', 'install', '--system', '-')).includes('--user'));
  });

  test('the options of the default command, since they are taken without its name', async () => {
    assert.ok((await values('sessions', '-')).includes('--before'));
  });

  test('paths where a path is asked for, behind what stays of the word', async () => {
    assert.deepEqual(await at('backtest', '--data', './c'), { kind: 'folders', head: '', typed: './c' });
    assert.deepEqual(await at('backtest', '--data=./c'), { kind: 'folders', head: '--data=', typed: './c' });
    assert.deepEqual(await at('presets', 'validate', 'm'), { kind: 'files', head: '', typed: 'm' });
    assert.deepEqual(await at('service', 'install', '--credential', 'key:/e'), {
      kind: 'files',
      head: 'key:',
      typed: '/e',
    });
  });
});

describe('names for completion', () => {
  test('without a daemon: presets, instances and the symbols of a folder; for the rest nothing, and no error', async (t) => {
    const { folder, env } = privateFolder(t);
    mkdirSync(join(folder, 'config', 'presets'), { recursive: true });
    mkdirSync(join(folder, 'state', 'instances', 'second'), { recursive: true });
    writeFileSync(join(folder, 'config', 'presets', 'my own.json'), 'not read');
    for (const file of ['BTCUSDT-5m.csv', 'BTCUSDT-1h.csv.gz', 'ETH:USDT-5m.csv', 'notes.txt'])
      writeFileSync(join(folder, file), '');
    const names = async (...words: string[]): Promise<string[]> => {
      const found = await complete(program(), words, namesFrom({ ...env, HOME: folder }));
      return found.kind === 'words' ? found.candidates.map(({ value }) => value) : [];
    };
    assert.ok((await names('start', '--preset', '')).includes('my own'));
    assert.ok((await names('start', '--preset', '')).includes('breakout_v1'));
    assert.deepEqual(await names('--instance', ''), ['default', 'second']);
    assert.deepEqual(await names('start', '--data', folder, '--symbols', ''), ['BTCUSDT', 'ETH:USDT']);
    assert.deepEqual(await names('start', '--data', '~/', '--symbols', 'BTCUSDT,'), ['ETH:USDT']);
    assert.deepEqual(await names('start', '--data', '/nowhere', '--symbols', 'B'), []);
    for (const line of [
      ['levels', 'B'],
      ['close', 'B'],
      ['cancel', '1'],
      ['sessions', 'show', '1'],
    ])
      assert.deepEqual(await names(...line), [], line.join(' '));
    assert.deepEqual(await names('--instance', '../bad', 'close', 'B'), []);
  });

  test('with a daemon: what it has now, by the socket that the line names', async (t) => {
    const { client, paths } = await daemonHere(t);
    const opened = new Promise<void>((resolve, reject) => {
      client
        .subscribe(
          { topics: ['position'] },
          {
            onEvent: ({ event }) => {
              if (event.type === 'position' && event.change === 'protected') resolve();
            },
          },
        )
        .catch(reject);
    });
    await client.call('engine.start', { preset: 'breakout_v1', seed: 3, speed: 36_000 });
    await opened;
    await client.call('engine.stop');
    const names = async (...words: string[]): Promise<string[]> => {
      const line = ['--socket', paths.socketPath, ...words];
      const found = await complete(program(), line, namesFrom({ HOME: '/nowhere' }));
      return found.kind === 'words' ? found.candidates.map(({ value }) => value) : [];
    };
    // The stops of an idle engine work on: what is compared was held before and after.
    const held = async () => (await client.call('positions.list')).positions;
    for (let same = false; !same; ) {
      const positions = await held();
      assert.ok(positions.length > 0);
      const [symbols, ids] = [await names('close', ''), await names('close', '1')];
      const [cancellable, { orders }] = [await names('cancel', '1'), await client.call('orders.list')];
      same = isDeepStrictEqual(idsOf(positions), idsOf(await held()));
      if (!same) continue;
      assert.deepEqual(symbols.sort(), positions.map(({ symbol }) => symbol).sort());
      for (const { tradeId } of positions) assert.ok(ids.includes(String(tradeId)));
      // Stops and targets are out, and `cancel` would refuse them.
      assert.ok(orders.length > 0);
      assert.deepEqual(cancellable, []);
    }
    assert.ok((await names('explain', '')).includes('BTCUSDT'));
    const { sessions } = await client.call('sessions.list');
    assert.deepEqual(await names('sessions', 'show', ''), ['1']);
    assert.ok((await names('sessions', 'show', '2')).includes(sessions[0]?.id ?? ''));
    assert.ok((await names('start', '--preset', '')).includes('breakout_v1'));
  });
});

describe('a line of bash', () => {
  const read = (line: string) => readLine(line, BREAKS);

  test('is read as bash reads it: quotes, escapes, redirections', () => {
    assert.deepEqual(read(`breakout pause --reason "a b" 'c'd e\\ f >out 2>&1 g`).before, [
      'breakout',
      'pause',
      '--reason',
      'a b',
      'cd',
      'e f',
    ]);
    assert.equal(read('breakout status > o').redirected, true);
    assert.equal(read('breakout status 2>/tmp/x ').redirected, false);
    assert.deepEqual(read('breakout close ""').word, '');
    assert.equal(read('breakout close "BTC').quote, '"');
  });

  const answers: readonly [line: string, offered: string, replies: string[]][] = [
    ['b --mode=pa', 'paper', ['paper']],
    ['b close BTC/U', 'BTC/USDT:USDT', ['BTC/USDT:USDT']],
    ['b close BTC/USDT:U', 'BTC/USDT:USDT', ['USDT']],
    ['b close "BTC', 'BTCUSDT', ['BTCUSDT']],
    ['b --preset "my o', 'my own', ['my own']],
    ['b --preset my\\ o', 'my own', ['my\\ own']],
    ["b --preset 'it", "it's", ["it'\\''s"]],
    ['b close btc', 'BTCUSDT', ['BTCUSDT']],
    ['b close x', 'BTCUSDT', []],
    ['b --preset ', 'a$(touch x)', ['a\\$\\(touch\\ x\\)']],
    ['b --preset ', 'two\nlines', []],
  ];
  for (const [line, value, replies] of answers) {
    test(`${line}| with ${JSON.stringify(value)} is completed by ${JSON.stringify(replies)}`, () => {
      const there = read(line);
      const head = /^--[^=]+=/.exec(there.word)?.[0] ?? '';
      const typed = there.word.slice(head.length);
      const told = bashAnswer({ kind: 'words', head, typed, candidates: [{ value }], open: false }, there);
      assert.deepEqual(told, ['words', ...replies]);
    });
  }

  test('any name that is put in is the word that bash reads, and never a command', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}|\s/u.test(text));
    fc.assert(
      fc.property(names, fc.constantFrom(null, '"' as const, "'" as const), (name, quote) => {
        const line = `b ${quote ?? ''}${quoted(name, quote)}${quote ?? ''}`;
        assert.equal(read(line).word, name);
      }),
    );
  });
});
