/** Settings, presets, venues, credentials and the service: what a person has set up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { listPresets } from '../../config/preset-list.ts';
import { looksSecret } from '../../config/secret-names.ts';
import { defaultSettings, type LoadedSettings, loadSettings, settingsFile } from '../../config/settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import { plural } from '../format.ts';
import { type Finding, fail, pass, warn } from './finding.ts';
import { look } from './look.ts';
import type { DaemonAnswer } from './socket.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings as far as they can be used: the defaults where they are wrong, with the finding that says so. */
export function checkSettings(
  configDir: string,
  env: Environment,
): { readonly finding: Finding; readonly settings: Settings } {
  let loaded: LoadedSettings;
  try {
    loaded = loadSettings({ configDir, env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.message.split('\n');
    const fix = 'mend it; until then no daemon starts';
    const finding = fail('config', `${plural(problems.length, 'problem')} in the settings`, fix, problems);
    return { finding, settings: defaultSettings() };
  }
  const own = [...loaded.sources.values()].filter(({ from }) => from !== 'default').length;
  const found =
    loaded.file === null
      ? `no ${settingsFile(configDir)}: ${own === 0 ? 'every setting has its default' : `${plural(own, 'setting')} from the environment`}`
      : `${loaded.file}: good, ${plural(own, 'setting')} given`;
  return { finding: pass('config', found), settings: loaded.settings };
}

export function checkPresets(configDir: string): Finding {
  const presets = listPresets(configDir);
  const broken = presets.filter(({ valid }) => !valid);
  const own = presets.filter(({ origin }) => origin === 'user').length;
  if (broken.length === 0) return pass('presets', `${presets.length} good, ${own} of them your own`);
  return fail(
    'presets',
    `${broken.length} of ${presets.length} cannot be used: ${broken.map(({ name }) => name).join(', ')}`,
    'mend or remove what the lines name',
    broken.flatMap(({ problems }) => problems),
  );
}

/** What the embedded venues need: nothing. */
const EMBEDDED: ReadonlySet<string> = new Set(['sim', 'replay']);

export function checkVenues(daemon: DaemonAnswer | string | null): Finding {
  if (daemon === null || typeof daemon === 'string')
    return pass('venues', 'sim and replay need no network; no daemon runs that would name further ones');
  const further = daemon.venues.filter((venue) => !EMBEDDED.has(venue));
  return further.length === 0
    ? pass('venues', `${daemon.venues.join(' and ')}: neither needs a network`)
    : warn(
        'venues',
        `${further.join(', ')}: not tried from here`,
        'a start on one of them says whether it is reached',
      );
}

const FOR_OTHERS = 0o077;

/** Where credentials are looked for, by their names. No file of them is opened, and no value ever read. */
export function checkCredentials(configDir: string, env: Environment): Finding {
  const handed = env.CREDENTIALS_DIRECTORY ? filesIn(env.CREDENTIALS_DIRECTORY) : [];
  const variables = Object.keys(env).filter((name) => name.startsWith('BREAKOUT_') && looksSecret(name));
  const names = filesIn(configDir);
  const files = names.filter((name) => looksSecret(name.split('.')[0] ?? ''));
  // Whether those of an exchange can be taken is said in its own line.
  const keys = names.filter((name) => name.endsWith('.keys') && !files.includes(name));
  const open = files.filter((name) => {
    const found = look(join(configDir, name));
    return found !== null && typeof found !== 'string' && (found.mode & FOR_OTHERS) !== 0;
  });
  if (open.length > 0) {
    const paths = open.map((name) => join(configDir, name)).join(' ');
    return fail('credentials', `${paths}: others can read it`, `chmod 600 ${paths}`);
  }
  const there = [
    ...handed.map((name) => `${name} from systemd`),
    ...variables.map((name) => `${name} in the environment`),
    ...[...files, ...keys].map((name) => `${name} in the configuration folder`),
  ];
  return pass(
    'credentials',
    there.length === 0
      ? 'none, and none are needed for sim and replay'
      : `${there.join(', ')}; none are needed for sim and replay`,
  );
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that is missing or shut has nothing for the bot; the line of the folder itself says so.
    return [];
  }
}

export interface Unit {
  readonly scope: 'system' | 'user';
  readonly file: string;
}

/** @param units where the service of this instance would lie. */
export function checkService(units: readonly Unit[], systemd: boolean): Finding {
  const installed = units.filter(({ file }) => existsSync(file));
  const [unit] = installed;
  if (!unit)
    return pass(
      'service',
      systemd
        ? 'not installed: `breakout service install` keeps the bot running over restarts of the machine'
        : 'systemd does not run here: `breakout daemon start` runs the bot in the background',
    );
  if (installed.length > 1)
    return warn(
      'service',
      `${basename(unit.file)} is installed for the system and for this user: two bots`,
      '`breakout service uninstall --user` or `--system` removes one',
    );
  const gone = programsOf(unit.file).filter((path) => !existsSync(path));
  return gone.length === 0
    ? pass('service', `${unit.file} is installed`)
    : fail(
        'service',
        `${unit.file} starts what is no longer there: ${gone.join(', ')}`,
        `breakout service install --${unit.scope}`,
      );
}

/** The absolute paths in the line that starts the daemon. */
function programsOf(file: string): string[] {
  const start = /^ExecStart=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return [...start.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, bare]) => quoted ?? bare ?? '')
    .filter((word) => word.startsWith('/'))
    .map((path) => path.replaceAll('%%', '%'));
}
