/**
 * Keys of an exchange. They come from systemd credentials, from the environment or from a file that nobody else can
 * read, the first of these that has them; never from a command line, a preset or a setting.
 *
 *     systemd      $CREDENTIALS_DIRECTORY/breakout-EXCHANGE (LoadCredential=)
 *     environment  BREAKOUT_EXCHANGE_API_KEY, …_SECRET, …_PASSPHRASE
 *     file         EXCHANGE.keys in the folder of the configuration, mode 0600
 *
 * A file holds lines `api_key = …`, `secret = …` and, where the exchange wants one, `passphrase = …`.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string | undefined;
  /** Where they are from, in words that may be shown. */
  readonly source: string;
}

export interface CredentialPlaces {
  readonly exchange: string;
  readonly configDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const EXCHANGE = /^[a-z0-9]+$/;
const OTHERS = 0o077;
/** Far more than any key takes. */
const MOST_BYTES = 65_536;

/**
 * @returns null when there are none anywhere.
 * @throws ConfigError for half a pair, a file that others could read, or one that makes no sense. No message holds a value.
 */
export function findCredentials(places: CredentialPlaces): Credentials | null {
  for (const { read } of credentialPlaces(places)) {
    const found = read();
    if (found !== null) return found;
  }
  return null;
}

/** One of the places, as `breakout keys` shows it. */
export interface CredentialPlace {
  readonly place: 'systemd' | 'environment' | 'file';
  /** The file, or the variable that stands for the rest; null where systemd has loaded none for this process. */
  readonly where: string | null;
  /** null: there are none. @throws ConfigError */
  readonly read: () => Credentials | null;
}

/** In the order in which they are asked. @throws ConfigError for a name that no exchange can have */
export function credentialPlaces({
  exchange,
  configDir,
  env = process.env,
}: CredentialPlaces): readonly CredentialPlace[] {
  if (!EXCHANGE.test(exchange)) throw new ConfigError(`${JSON.stringify(exchange)} is no exchange's name`);
  const folder = env.CREDENTIALS_DIRECTORY;
  const loaded = folder === undefined || folder === '' ? null : join(folder, `breakout-${exchange}`);
  const file = join(configDir, `${exchange}.keys`);
  return [
    {
      place: 'systemd',
      where: loaded,
      read: () => (loaded === null ? null : fromFile(loaded, 'systemd credentials', true)),
    },
    {
      place: 'environment',
      where: `BREAKOUT_${exchange.toUpperCase()}_API_KEY`,
      read: () => fromEnvironment(exchange, env),
    },
    { place: 'file', where: file, read: () => fromFile(file, null, false) },
  ];
}

/** Exchanges of which there is anything in any of the places, sorted. Nothing is opened. */
export function exchangesWithKeys({
  configDir,
  env = process.env,
}: Omit<CredentialPlaces, 'exchange'>): string[] {
  const folder = env.CREDENTIALS_DIRECTORY;
  const names = [
    ...(folder === undefined || folder === '' ? [] : filesIn(folder)).map((name) =>
      /^breakout-([a-z0-9]+)$/.exec(name),
    ),
    ...Object.entries(env).map(([name, value]) =>
      value === undefined || value.trim() === ''
        ? null
        : /^BREAKOUT_([A-Z0-9]+)_(?:API_KEY|SECRET)$/.exec(name),
    ),
    ...filesIn(configDir).map((name) => /^([a-z0-9]+)\.keys$/.exec(name)),
  ];
  return [...new Set(names.flatMap((match) => match?.[1]?.toLowerCase() ?? []))].sort();
}

/** A folder that is not there has none; one that is shut is told of by whoever reads in it. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

function fromEnvironment(
  exchange: string,
  env: Readonly<Record<string, string | undefined>>,
): Credentials | null {
  const prefix = `BREAKOUT_${exchange.toUpperCase()}_`;
  const read = (name: string): string | undefined => {
    const value = env[prefix + name]?.trim();
    return value === '' ? undefined : value;
  };
  const apiKey = read('API_KEY');
  const secret = read('SECRET');
  const passphrase = read('PASSPHRASE');
  if (apiKey === undefined && secret === undefined) return null;
  if (apiKey === undefined || secret === undefined) {
    const missing = apiKey === undefined ? 'API_KEY' : 'SECRET';
    throw new ConfigError(`${prefix}${missing} is missing: set it too, or neither`);
  }
  return { apiKey, secret, passphrase, source: `the environment (${prefix}API_KEY)` };
}

function fromFile(file: string, name: string | null, guarded: boolean): Credentials | null {
  const text = readOwn(file, guarded);
  if (text === null) return null;
  const values = new Map<string, string>();
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^\s*(api_key|secret|passphrase)\s*[=:]\s*(\S.*?)\s*$/.exec(line);
    if (match === null)
      throw new ConfigError(`${file}: line ${i + 1} is none of api_key = …, secret = …, passphrase = …`);
    values.set(match[1] ?? '', match[2] ?? '');
  }
  const apiKey = values.get('api_key');
  const secret = values.get('secret');
  if (apiKey === undefined || secret === undefined)
    throw new ConfigError(`${file}: ${apiKey === undefined ? 'api_key' : 'secret'} = … is missing`);
  return { apiKey, secret, passphrase: values.get('passphrase'), source: name ?? file };
}

/** `guarded`: systemd keeps its folder from others, and gives the file itself a mode of its own. */
function readOwn(file: string, guarded: boolean): string | null {
  let opened: number;
  try {
    // A pipe that nobody writes to would never open.
    opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ConfigError(`${file} cannot be read: ${codeOf(error)}`, { cause: error });
  }
  try {
    const found = fstatSync(opened);
    if (!found.isFile()) throw new ConfigError(`${file} is no regular file`);
    if (!guarded && found.uid !== process.getuid?.())
      throw new ConfigError(`${file} belongs to another user: chown it to the user that runs the daemon`);
    if (!guarded && (found.mode & OTHERS) !== 0)
      throw new ConfigError(`${file} can be read by others: chmod 600 ${file}`);
    if (found.size > MOST_BYTES) throw new ConfigError(`${file} is too large for keys`);
    return readFileSync(opened, 'utf8');
  } finally {
    closeSync(opened);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
