/**
 * The settings of the daemon. Each has one value, from the first of these that gives one:
 *
 *     a flag        `daemon run --log-level debug`
 *     environment   BREAKOUT_SECTION_KEY, e.g. BREAKOUT_LOG_LEVEL, BREAKOUT_HEALTH_CPU_PERCENT_WARN
 *     file          config.json in the configuration folder
 *     default       settings-schema.ts
 *
 * All of it is checked together; what is wrong is told all at once, by the place that it came from.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, ConfigInvalid, type Problem, problemLine } from './config-error.ts';
import { check, nearest, type SchemaNode, schemaNode, valueAt } from './problems.ts';
import { readJsonFile } from './read-json.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings given on the command line, by dotted path: `{'log.level': 'debug'}`. */
export type SettingFlags = Readonly<Record<string, string | undefined>>;

export interface SettingSource {
  readonly from: 'default' | 'file' | 'environment' | 'flag';
  /** The file's path, the variable or the flag; null for a default. */
  readonly name: string | null;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Where each value is from, by dotted path, in the order of the schema. */
  readonly sources: ReadonlyMap<string, SettingSource>;
  /** `config.json`, or null when there is none. */
  readonly file: string | null;
}

/** Several places may be wrong at once: each line of the message names its own. */
export class SettingsInvalid extends ConfigError {
  override readonly name = 'SettingsInvalid';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

export interface SettingsOptions {
  readonly configDir: string;
  readonly env?: Environment;
  readonly flags?: SettingFlags;
}

export function settingsFile(configDir: string): string {
  return join(configDir, 'config.json');
}

/** The JSON schema of `config.json`. */
export function settingsJsonSchema(): Record<string, unknown> {
  return { ...schemaNode(settingsSchema), title: 'The settings of breakout' };
}

/** Settings with nothing given: every default. */
export function defaultSettings(): Settings {
  const { $schema: _, ...settings } = settingsSchema.parse({});
  return settings;
}

/**
 * Reads the file, the environment and the flags. No file is no mistake.
 * @throws SettingsInvalid with every problem of all of them.
 */
export function loadSettings({ configDir, env = process.env, flags = {} }: SettingsOptions): LoadedSettings {
  const path = settingsFile(configDir);
  const file = isThere(path) ? path : null;
  const read = file === null ? { value: {} } : readJsonFile(file);
  const unreadable = 'problems' in read ? read.problems.map((problem) => problemLine(path, problem)) : [];
  const written = 'problems' in read ? {} : read.value;
  const given = [...fromEnvironment(env), ...fromFlags(flags)];
  const strange = unknownVariables(env);

  const overlaid = given.reduce((whole, { keys, value }) => withValue(whole, keys, value), written);
  const checked = check(settingsSchema, overlaid);
  const wrong = 'problems' in checked ? checked.problems.map((problem) => lineOf(problem, path, given)) : [];
  if ('problems' in checked || unreadable.length + strange.length > 0)
    throw new SettingsInvalid([...unreadable, ...wrong, ...strange]);

  const { $schema: _, ...settings } = checked.value;
  const sources = SETTINGS.map(({ keys }) => [keys.join('.'), sourceOf(keys, given, written, path)] as const);
  return { settings, sources: new Map(sources), file };
}

/**
 * Checks one file by itself, whatever the environment says.
 * @throws ConfigInvalid with every problem in it.
 */
export function checkSettingsFile(file: string): void {
  const read = readJsonFile(file);
  const checked = 'problems' in read ? read : check(settingsSchema, read.value);
  if ('problems' in checked) throw new ConfigInvalid(file, checked.problems);
}

/** The value of one setting by its dotted path. */
export function settingAt(settings: Settings, path: string): unknown {
  return valueAt(settings, path.split('.'));
}

interface Setting {
  readonly keys: readonly string[];
  readonly variable: string;
  readonly node: SchemaNode;
}

/** Every setting there is: the leaves of the schema. */
const SETTINGS: readonly Setting[] = leaves(schemaNode(settingsSchema), []);

function leaves(node: SchemaNode, keys: readonly string[]): Setting[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, child]) =>
      key === '$schema' ? [] : leaves(child, [...keys, key]),
    );
  return [{ keys, variable: `BREAKOUT_${keys.join('_').toUpperCase()}`, node }];
}

interface Given {
  readonly keys: readonly string[];
  readonly value: unknown;
  readonly source: SettingSource & { readonly name: string };
}

function fromEnvironment(env: Environment): Given[] {
  return SETTINGS.flatMap(({ keys, variable, node }) => {
    const text = env[variable];
    // As everywhere in the environment: set to nothing is not set.
    if (text === undefined || text === '') return [];
    return [{ keys, value: fromText(text, node), source: { from: 'environment', name: variable } }];
  });
}

function fromFlags(flags: SettingFlags): Given[] {
  return Object.entries(flags).flatMap(([path, text]) => {
    if (text === undefined) return [];
    const setting = SETTINGS.find(({ keys }) => keys.join('.') === path);
    if (!setting) throw new Error(`there is no setting ${path}`);
    const name = `--${setting.keys.join('-').replaceAll('_', '-')}`;
    return [{ keys: setting.keys, value: fromText(text, setting.node), source: { from: 'flag', name } }];
  });
}

/** A text as the value that the schema asks for; what does not fit stays text, and is refused as that. */
function fromText(text: string, node: SchemaNode): unknown {
  const types = new Set((node.anyOf ?? [node]).flatMap(({ type = [] }) => type));
  if (types.has('null') && text === 'null') return null;
  if (types.has('string')) return text;
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if ((types.has('number') || types.has('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!types.has('object')) return text;
  try {
    return JSON.parse(text);
  } catch {
    // It is no JSON: the check says what was found and what is allowed.
    return text;
  }
}

/** Variables that were surely meant for us: of one of our sections, or a setting mistyped. */
function unknownVariables(env: Environment): string[] {
  const known = SETTINGS.map(({ variable }) => variable);
  const sections = [...new Set(SETTINGS.map(({ keys }) => `BREAKOUT_${keys[0]?.toUpperCase()}_`))];
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('BREAKOUT_') || known.includes(name) || env[name] === '') return [];
    const hint = nearest(name, known);
    if (hint === '' && !sections.some((section) => name.startsWith(section))) return [];
    const allowed = `${hint}BREAKOUT_SECTION_KEY for a setting that \`breakout config show\` lists`;
    return [problemLine(name, { path: '', found: 'no setting of this name', allowed })];
  });
}

/** A copy with the value set; what is in the way and no object stays, and is refused as what it is. */
function withValue(whole: unknown, keys: readonly string[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (whole !== undefined && !isObject(whole)) return whole;
  return { ...whole, [key]: withValue(whole?.[key], rest, value) };
}

function lineOf(problem: Problem, file: string, given: readonly Given[]): string {
  const { path } = problem;
  const giver = given.findLast(({ keys }) => {
    const own = keys.join('.');
    return path === own || path.startsWith(`${own}.`);
  });
  if (!giver) return problemLine(file, problem);
  const inside = path.slice(giver.keys.join('.').length + 1);
  return problemLine(giver.source.name, { ...problem, path: inside });
}

function sourceOf(
  keys: readonly string[],
  given: readonly Given[],
  written: unknown,
  file: string,
): SettingSource {
  const giver = given.findLast((one) => one.keys.join('.') === keys.join('.'));
  if (giver) return giver.source;
  return valueAt(written, keys) === undefined
    ? { from: 'default', name: null }
    : { from: 'file', name: file };
}

/** A file that is there and cannot be read must not pass for none. */
function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Reading it says why.
    return true;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
