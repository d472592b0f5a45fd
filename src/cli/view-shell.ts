/** What `breakout tui` hands to the view of the command line: its completion, its commands as processes, its starting. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { packageInfo } from '../config/package.ts';
import { listedPresets } from './commands/presets.ts';
import { type StartOptions, startParams } from './commands/start.ts';
import { type Completion, complete } from './completion/complete.ts';
import { namesFrom } from './completion/names.ts';
import type { Context } from './context.ts';
import { CliError } from './exit.ts';
import * as parse from './parse.ts';
import { reachDaemon } from './spawn-daemon.ts';

/** How long an interrupted command has before it is ended for good. */
const GRACE_MS = 2_000;

type Values = Readonly<Record<string, string>>;

interface Offer {
  readonly value: string;
  readonly about: string | null;
  readonly open: boolean;
}

interface RunOptions {
  readonly signal: AbortSignal;
  onText(text: string): void;
}

/** @param root the tree of commands. */
export function viewShell(root: Command, context: Context) {
  const { env, paths } = context;
  const daemon = ['--socket', paths.socketPath, '--instance', paths.instance];
  return {
    async complete(words: readonly string[]): Promise<readonly Offer[]> {
      return offers(await complete(root, [...daemon, ...words], namesFrom(env)), env);
    },

    run(words: readonly string[], { signal, onText }: RunOptions): Promise<{ readonly code: number | null }> {
      const launcher = join(packageInfo().root, 'bin', 'breakout.js');
      const child = spawn(process.execPath, [launcher, ...daemon, ...words], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...env, NO_COLOR: '1' },
      });
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onText);
      const end = (): void => {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        child.once('close', () => clearTimeout(timer));
      };
      signal.addEventListener('abort', end, { once: true });
      return new Promise((done, failed) => {
        child.once('error', failed);
        child.once('close', (code) => {
          signal.removeEventListener('abort', end);
          done({ code });
        });
      });
    },

    async presets() {
      return (await listedPresets(context)).presets;
    },

    startParams(values: Values) {
      const options = startOptions(values, env);
      if ('text' in options) return options;
      try {
        return startParams(options);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        const hint = error.hint === null ? '' : ` (${error.hint})`;
        const [, field = null] = /needs --(\w+)/.exec(error.message) ?? /^--(\w+)/.exec(error.message) ?? [];
        return { field, text: error.message + hint };
      }
    },

    async startDaemon(): Promise<void> {
      const { client } = await reachDaemon(context);
      await client.close();
    },
  };
}

interface Mistake {
  readonly field: string | null;
  readonly text: string;
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  symbols: parse.symbols,
  from: parse.instant,
  to: parse.instant,
  equity: parse.amount,
  speed: parse.speed,
  seed: parse.seed,
};

/** Typed texts as the options of `breakout start`, by the parsers of its options. */
function startOptions(
  { preset = '', mode, ...texts }: Values,
  env: NodeJS.ProcessEnv,
): StartOptions | Mistake {
  if (mode !== 'paper' && mode !== 'live') return { field: 'mode', text: 'Give paper or live.' };
  for (const [field, text] of Object.entries(texts)) {
    try {
      PARSERS[field]?.(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      return { field, text: error.message };
    }
  }
  const { venue, data, symbols, from, to, equity, speed, seed } = texts;
  return {
    preset,
    mode,
    ...(venue !== undefined && { venue }),
    ...(data !== undefined && { data: atHome(data, env) }),
    ...(symbols !== undefined && { symbols: parse.symbols(symbols) }),
    ...(from !== undefined && { from: parse.instant(from) }),
    ...(to !== undefined && { to: parse.instant(to) }),
    ...(equity !== undefined && { equity: parse.amount(equity) }),
    ...(speed !== undefined && { speed: parse.speed(speed) }),
    ...(seed !== undefined && { seed: parse.seed(seed) }),
  };
}

function offers(completion: Completion, env: NodeJS.ProcessEnv): readonly Offer[] {
  const { head } = completion;
  if (completion.kind === 'words')
    return completion.candidates.map(({ value, about }) => ({
      value: head + value,
      about: about?.replace(/\s+/g, ' ') ?? null,
      open: completion.open,
    }));
  return entries(completion.typed, completion.kind, env).map(({ value, open }) => ({
    value: head + value,
    about: null,
    open,
  }));
}

/** Files and folders that begin as typed; none where the folder cannot be read. */
function entries(
  typed: string,
  kind: 'files' | 'folders',
  env: NodeJS.ProcessEnv,
): readonly { readonly value: string; readonly open: boolean }[] {
  const folder = typed.endsWith('/') ? typed : typed.includes('/') ? `${dirname(typed)}/` : '';
  const start = typed.endsWith('/') ? '' : basename(typed);
  const at = resolve(atHome(folder, env));
  const prefix = folder === '//' ? '/' : folder;
  return readable(at)
    .filter((entry) => entry.name.startsWith(start) && (start.startsWith('.') || !entry.name.startsWith('.')))
    .filter((entry) => kind === 'files' || entry.isDirectory())
    .map((entry) => ({
      value: `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`,
      open: entry.isDirectory(),
    }));
}

/** No shell has put the home folder for `~`. */
function atHome(path: string, env: NodeJS.ProcessEnv): string {
  return path.startsWith('~/') ? join(env.HOME || homedir(), path.slice(2)) : path;
}

function readable(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return [];
    throw error;
  }
}
