/** `breakout config`: the settings that a daemon started here would have. None is asked. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import {
  checkSettingsFile,
  loadSettings,
  type SettingSource,
  settingAt,
  settingsFile,
  settingsJsonSchema,
} from '../../config/settings.ts';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';
import { plural } from '../format.ts';
import { table } from '../table.ts';

/** `breakout config show`. */
export function configShow({ output, paths, env }: Context): void {
  const { settings, sources, file } = refusing(() => loadSettings({ configDir: paths.configDir, env }));
  const rows = [...sources].map(([setting, source]) => ({
    setting,
    value: settingAt(settings, setting),
    ...source,
  }));
  output.result({ file, settings, sources: Object.fromEntries(sources) }, () => [
    ...table(
      [
        { title: 'setting', text: ({ setting }) => setting, keep: true },
        { title: 'value', text: ({ value }) => shown(value), keep: true },
        { title: 'from', text: placeOf, drop: 1, tone: ({ from }) => (from === 'default' ? 'dim' : 'plain') },
      ],
      rows,
      output.width,
      output.paint,
    ),
    '',
    file === null ? `There is no ${settingsFile(paths.configDir)}.` : `file: ${file}`,
  ]);
}

/** `breakout config validate`. */
export function configValidate({ output, paths, env }: Context, given: string | undefined): void {
  const file = given === undefined ? settingsFile(paths.configDir) : resolve(given);
  if (given === undefined) refusing(() => loadSettings({ configDir: paths.configDir, env }));
  else refusing(() => checkSettingsFile(file));
  const isThere = existsSync(file);
  output.result({ valid: true, file: isThere ? file : null }, () => [
    isThere ? `${file}: good` : `There is no ${file}: every setting has its default.`,
  ]);
}

/** `breakout config path`: the path alone on stdout, for `$EDITOR "$(breakout config path)"`. */
export function configPath({ output, paths }: Context): void {
  const file = settingsFile(paths.configDir);
  const exists = existsSync(file);
  if (!exists && !output.json) output.note('There is no such file yet: every setting has its default.');
  output.result({ file, exists }, () => [file]);
}

/** `breakout config schema`. */
export function configSchema({ output }: Context): void {
  const schema = settingsJsonSchema();
  output.result(schema, () => [JSON.stringify(schema, null, 2)]);
}

/** @throws CliError with every problem. */
function refusing<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.message.split('\n');
    const [only] = problems;
    const message =
      problems.length === 1 && only !== undefined
        ? only
        : `the configuration has ${plural(problems.length, 'problem')}`;
    throw new CliError('CONFIG_INVALID', message, { problems, cause: error });
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function placeOf({ from, name }: SettingSource): string {
  return from === 'environment' || from === 'flag' ? (name ?? from) : from;
}
