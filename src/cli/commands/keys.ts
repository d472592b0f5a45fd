/** `breakout keys`: in this process, without a daemon. */
import { ConfigError } from '../../config/config-error.ts';
import { exchangesWithKeys } from '../../config/credentials.ts';
import { loadSettings } from '../../config/settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import { checkKeys, type KeyCheck, keyPlaces } from '../../session/live/key-check.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { checkLines, placeLines } from '../keys-report.ts';

export interface KeysOptions {
  readonly exchange?: string;
}

/** `breakout keys list`. */
export function keysList(context: Context, options: KeysOptions): void {
  const { output, paths, env } = context;
  const { names } = setUp(context, options);
  const exchanges = named(() =>
    names.map((exchange) => ({
      exchange,
      places: keyPlaces({ exchange, configDir: paths.configDir, env }),
    })),
  );
  output.result({ exchanges }, () =>
    exchanges.length === 0 ? [`${NONE}; ${WAY_ON}`] : placeLines(exchanges, output.paint, output.width),
  );
}

const NONE = 'no exchange is set up: the settings name none, and no keys are found';
const WAY_ON = '`--exchange bybit` looks at one all the same; `breakout keys --help` says where keys belong';

/** `breakout keys check`: exit code 1 when a live start would be refused. */
export async function keysCheck(context: Context, options: KeysOptions): Promise<void> {
  const { output, paths, env } = context;
  const { names, settings } = setUp(context, options);
  // Nothing that was looked at is no proof that anything is good.
  if (names.length === 0) throw new CliError('NO_EXCHANGE', NONE, { hint: WAY_ON });
  named(() => {
    for (const exchange of names) keyPlaces({ exchange, configDir: paths.configDir, env });
  });
  const exchanges: KeyCheck[] = [];
  for (const exchange of names)
    exchanges.push(
      await checkKeys({
        exchange,
        configDir: paths.configDir,
        env,
        settings: settings.exchanges[exchange],
      }),
    );
  const ok = exchanges.every((each) => each.ok);
  output.result({ ok, exchanges }, () => checkLines(exchanges, output.paint, output.width));
  if (!ok) process.exitCode = EXIT.refused;
}

/** The one that was named, or all that the settings name or that have keys anywhere. */
function setUp(
  { paths, env }: Context,
  { exchange }: KeysOptions,
): { readonly names: readonly string[]; readonly settings: Settings } {
  const { settings } = loadSettings({ configDir: paths.configDir, env });
  if (exchange !== undefined) return { names: [exchange], settings };
  const configured = Object.keys(settings.exchanges);
  const withKeys = exchangesWithKeys({ configDir: paths.configDir, env });
  return { names: [...new Set([...configured, ...withKeys])].sort(), settings };
}

/** A name that no exchange can have is a mistake of the command line. */
function named<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof ConfigError) throw usageError(error.message, 'as ccxt names it, such as bybit');
    throw error;
  }
}
