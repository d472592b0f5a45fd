/** `breakout presets`: what the daemon has, or, where none runs, what one would have that started now. */
import { resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { type ControlClient, connect } from '../../protocol/client.ts';
import { NotReachable } from '../../protocol/errors.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { CLIENT_NAME } from '../connection.ts';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';
import { plural, wrapped } from '../format.ts';
import { block, type Column, table } from '../table.ts';

type Listed = ResultOf<'presets.list'>['presets'][number];

/** `breakout presets list`. */
export async function presetsList(context: Context): Promise<void> {
  const { output } = context;
  const result = await listedPresets(context);
  output.result(result, () => {
    const broken = result.presets.flatMap((preset) => preset.problems);
    const lines = table(columnsFor(result.presets, output.width), result.presets, output.width, output.paint);
    return broken.length === 0 ? lines : [...lines, '', ...broken];
  });
}

/** The presets of the daemon, or, where none runs, those that one would have that started now. */
export async function listedPresets(context: Context): Promise<ResultOf<'presets.list'>> {
  return (
    (await fromDaemon(context, (client) => client.call('presets.list'))) ??
    (await fromFolders(({ listPresets }) => ({ presets: listPresets(context.paths.configDir) })))
  );
}

/** `breakout presets show`. */
export async function presetsShow(context: Context, name: string): Promise<void> {
  const { output, paths } = context;
  const result =
    (await fromDaemon(context, (client) => client.call('presets.get', { name }))) ??
    (await fromFolders(({ showPreset }) => showPreset(name, paths.configDir)));
  output.result(result, () => {
    const { name: _, description, ...values } = result.preset;
    return [
      ...block(
        [
          ['preset', result.name],
          ['from', result.origin],
          ['hash', result.hash],
        ],
        output.paint,
        output.width,
      ),
      '',
      ...wrapped(String(description), output.width),
      '',
      ...block(leaves(values), output.paint, output.width),
    ];
  });
}

/** `breakout presets validate`: the file is read here, so that it is found from where the person is. */
export async function presetsValidate({ output }: Context, given: string): Promise<void> {
  const { loadPresetFile } = await import('../../config/presets.ts');
  const { presetHash } = await import('../../config/preset-hash.ts');
  const file = resolve(given);
  const preset = refusing(() => loadPresetFile(file));
  const hash = presetHash(preset);
  output.result({ valid: true, file, name: preset.name, hash }, () => [
    `${given}: preset ${preset.name} is good`,
    ...(file.endsWith(`/${preset.name}.json`)
      ? []
      : [`Its file must be called ${preset.name}.json where presets are kept.`]),
  ]);
}

const GAP = 2;

/** Names are never cut; what there is no room for beside them is left out, the description first. */
function columnsFor(presets: readonly Listed[], width: number): Column<Listed>[] {
  const columns: readonly (readonly [needs: number, column: Column<Listed>])[] = [
    [
      Math.max(...presets.map(({ name }) => name.length), 'preset'.length),
      { title: 'preset', text: (p) => p.name, keep: true },
    ],
    [
      'momentum'.length,
      {
        title: 'strategy',
        text: (p) => p.strategy ?? 'BROKEN',
        tone: (p) => (p.valid ? 'plain' : 'bad'),
        keep: true,
      },
    ],
    ['short'.length, { title: 'sides', text: (p) => p.sides ?? '-', keep: true }],
    ['package'.length, { title: 'from', text: (p) => p.origin, keep: true }],
    [
      'what it is for'.length,
      { title: 'what it is for', text: (p) => firstSentence(p.description ?? p.problems[0] ?? '') },
    ],
  ];
  let used = -GAP;
  return columns
    .filter(([needs]) => {
      used += GAP + needs;
      return used <= width;
    })
    .map(([, column]) => column);
}

/** `risk.risk_per_trade` and its value, one pair for each value of the preset. */
function leaves(value: unknown, path = ''): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** Null when no daemon runs. */
async function fromDaemon<T>(
  { paths }: Context,
  ask: (client: ControlClient) => Promise<T>,
): Promise<T | null> {
  try {
    const client = await connect({ socketPath: paths.socketPath, client: CLIENT_NAME });
    try {
      return await ask(client);
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof NotReachable) return null;
    throw error;
  }
}

async function fromFolders<T>(read: (list: typeof import('../../config/preset-list.ts')) => T): Promise<T> {
  const list = await import('../../config/preset-list.ts');
  return refusing(() => read(list));
}

/** @throws CliError, with every problem, for what is wrong with a preset or its name. */
function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const code = error.name === 'PresetUnknown' ? 'PRESET_UNKNOWN' : 'PRESET_INVALID';
    const problems = error.message.split('\n');
    const [only] = problems;
    const message =
      problems.length === 1 && only !== undefined
        ? only
        : `the preset has ${plural(problems.length, 'problem')}`;
    throw new CliError(code, message, { problems, cause: error });
  }
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /)[0] ?? text;
}
