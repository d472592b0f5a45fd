/**
 * The names that completion offers. The daemon is asked where one answers at once, and none is ever started; without
 * one there are the names that lie in folders. What cannot be learnt is not offered: a person who presses Tab has
 * asked for names, and not why there are none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { DEFAULT_INSTANCE, type Paths, resolvePaths } from '../../config/paths.ts';
import { findPresets } from '../../config/preset-files.ts';
import { CallTimeout, type ControlClient, connect } from '../../protocol/client.ts';
import { NotReachable, RpcError } from '../../protocol/errors.ts';
import { CLIENT_NAME } from '../connection.ts';
import { inR, plural } from '../format.ts';
import type { Candidate, LookUp } from './complete.ts';
import type { Source } from './values.ts';
import type { GivenOption } from './walk.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A person waits for the answer with the cursor: beyond this the names are left out. */
const PATIENCE_MS = 400;

/** How many sessions are offered, the newest. */
const SESSIONS = 20;

export const VENUES: readonly Candidate[] = [
  { value: 'sim', about: 'a generated market' },
  { value: 'replay', about: 'recorded candles' },
];

export function namesFrom(env: Environment): LookUp {
  return (source, given) => {
    const look = LOOK_UPS[source];
    return expecting(() => look({ env, given }));
  };
}

interface Asked {
  readonly env: Environment;
  readonly given: readonly GivenOption[];
}

type Names = readonly Candidate[];

const LOOK_UPS: Readonly<Record<Source, (asked: Asked) => Promise<Names>>> = {
  async instances({ env }) {
    // Instances have their state beside each other, under that of the default one.
    const { stateDir } = resolvePaths({ env });
    const others = await expecting(async () =>
      entriesOf(join(stateDir, 'instances')).map((value) => ({ value })),
    );
    return [{ value: DEFAULT_INSTANCE }, ...others];
  },

  async presets(asked) {
    const fromDaemon = await expecting<Names | null>(
      () =>
        askDaemon(asked, async (client) => {
          const { presets } = await client.call('presets.list');
          return presets.map(({ name, description }) => named(name, description));
        }),
      null,
    );
    return fromDaemon ?? findPresets(pathsOf(asked).configDir).map(({ name }) => ({ value: name }));
  },

  async symbols(asked) {
    const data = given(asked, '--data');
    if (data !== null) return symbolsIn(resolve(atHome(asked.env, data)));
    return askDaemon(asked, async (client) => {
      const { symbols } = await client.call('engine.explain');
      return symbols.map(({ symbol, text }) => named(symbol, text));
    });
  },

  positions: (asked) =>
    askDaemon(asked, async (client) => {
      const { positions } = await client.call('positions.list');
      return positions.flatMap(({ symbol, tradeId, side, quantity, unrealisedR }) => {
        const about = `${side} ${quantity}, ${inR(unrealisedR)}`;
        return [
          { value: symbol, about },
          { value: String(tradeId), about: `${symbol} ${about}`, second: true },
        ];
      });
    }),

  'entry orders': (asked) =>
    askDaemon(asked, async (client) => {
      const { orders } = await client.call('orders.list');
      return orders
        .filter(({ purpose }) => purpose === 'entry' || purpose === 'add_on')
        .map(({ id, symbol, side, quantity, type }) => ({
          value: String(id),
          about: `${symbol} ${side} ${quantity} ${type}`,
        }));
    }),

  foreign: (asked) =>
    askDaemon(asked, async (client) => {
      const { foreign } = await client.call('reconcile.list');
      return foreign.map(({ symbol, quantity, orders, decision }) => ({
        value: symbol,
        about: `${quantity}, ${plural(orders, 'order')}, ${decision ?? 'not decided on'}`,
      }));
    }),

  sessions: (asked) =>
    askDaemon(asked, async (client) => {
      const { sessions } = await client.call('sessions.list', { limit: SESSIONS });
      return sessions.flatMap(({ ordinal, id, preset, venue, state }) => {
        const about = `${preset.name} on ${venue}, ${state}`;
        return [
          { value: String(ordinal), about },
          { value: id, about, second: true },
        ];
      });
    }),

  async 'recorded sessions'(asked) {
    const file = pathsOf(asked).journalFile;
    if (!existsSync(file)) return [];
    const { openJournalForReading } = await import('../../journal/journal-reader.ts');
    using journal = openJournalForReading(file);
    const recorded = journal.sessions(SESSIONS).flatMap(({ ordinal, id, preset, venue, ended }) => {
      const about = `${preset.name} on ${venue}${ended === null ? '' : `, ${ended.reason.replaceAll('_', ' ')}`}`;
      return [
        { value: String(ordinal), about },
        { value: id, about, second: true },
      ];
    });
    return [{ value: 'last', about: 'the newest' }, ...recorded];
  },

  async methods() {
    const { METHODS } = await import('../../protocol/methods.ts');
    return Object.entries(METHODS).map(([value, { summary }]) => ({ value, about: summary }));
  },

  async topics() {
    const { TOPICS } = await import('../../protocol/events.ts');
    return TOPICS.map((value) => ({ value }));
  },

  async users() {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .flatMap((line) => /^([^:#]+):/.exec(line)?.[1] ?? [])
      .map((value) => ({ value }));
  },

  async venues() {
    return VENUES;
  },
};

/** `otherwise` where no daemon answers in time, refuses, or a file or folder cannot be read. A fault goes on up. */
async function expecting(ask: () => Promise<Names>): Promise<Names>;
async function expecting<T>(ask: () => Promise<T>, otherwise: T): Promise<T>;
async function expecting<T>(ask: () => Promise<T | Names>, otherwise: T | Names = []): Promise<T | Names> {
  try {
    return await ask();
  } catch (error) {
    if (
      error instanceof NotReachable ||
      error instanceof RpcError ||
      error instanceof CallTimeout ||
      error instanceof ConfigError ||
      (error instanceof Error && error.name === 'JournalError') ||
      (error instanceof Error && 'syscall' in error)
    )
      return otherwise;
    throw error;
  }
}

async function askDaemon<T>(asked: Asked, ask: (client: ControlClient) => Promise<T>): Promise<T> {
  const { socketPath } = pathsOf(asked);
  const client = await connect({ socketPath, client: CLIENT_NAME, timeoutMs: PATIENCE_MS });
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
}

/** The folders and the socket of the bot that the line names so far. */
function pathsOf(asked: Asked): Paths {
  const { env } = asked;
  const socket = given(asked, '--socket');
  return resolvePaths({
    env,
    instance: given(asked, '--instance') ?? undefined,
    socket: socket === null ? undefined : atHome(env, socket),
  });
}

function given({ given }: Asked, flag: string): string | null {
  return given.findLast(({ option }) => option.long === flag)?.value ?? null;
}

/** The shell has not yet put the home folder for `~` when it asks. */
function atHome(env: Environment, path: string): string {
  return path.startsWith('~/') ? join(env.HOME || homedir(), path.slice(2)) : path;
}

const CANDLES = /^(.+)-\d{1,5}[smhdwM]\.csv(\.gz)?$/;

/** The symbols that a folder of candles has files of. */
function symbolsIn(folder: string): Names {
  const symbols = entriesOf(folder).flatMap((file) => CANDLES.exec(file)?.[1] ?? []);
  return [...new Set(symbols)].sort().map((value) => ({ value }));
}

function entriesOf(folder: string): string[] {
  return readdirSync(folder).sort();
}

function named(value: string, about: string | null): Candidate {
  return about === null ? { value } : { value, about };
}
