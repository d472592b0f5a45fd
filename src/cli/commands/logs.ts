/** `breakout logs`: the lines of the log, and which lines are written. */
import { type ControlClient, connect } from '../../protocol/client.ts';
import { NotReachable } from '../../protocol/errors.ts';
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts';
import { CLIENT_NAME, withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../exit.ts';
import { plural, span } from '../format.ts';
import { interrupt } from '../interrupt.ts';
import { tailOfFile } from '../log-file.ts';
import { type Component, isAtLeast, LEVELS, type Level, logLine, type ShownLine } from '../log-words.ts';
import { table } from '../table.ts';

export interface LogsOptions {
  readonly lines: number;
  readonly linesGiven: boolean;
  readonly follow?: boolean;
  readonly level?: Level;
  readonly component?: Component;
  readonly ref?: string;
  /** Epoch ms. */
  readonly since?: number;
  readonly setLevel?: Level | 'configured';
  /** Milliseconds. */
  readonly for?: number;
  readonly levels?: boolean;
}

type Tail = ResultOf<'logs.tail'>;
type Change = ResultOf<'logs.setLevel'>;

/** How long one request waits for the next line. */
const WAIT_MS = 25_000;
const PATIENCE = { timeoutMs: 2 * WAIT_MS };
const MOST_AT_ONCE = 1_000;

export async function logs(context: Context, options: LogsOptions): Promise<void> {
  check(options);
  if (options.levels) return showLevels(context);
  if (options.setLevel !== undefined) {
    const change = await withDaemon(context, (client) => setLevel(client, options, options.component));
    const told = [change.message, ...wayBack(change, options.setLevel)];
    const onlyThat = !options.follow && !options.linesGiven;
    if (onlyThat) context.output.result(change, () => told);
    else context.output.note(told.join('\n'));
    if (onlyThat) return;
  }
  if (options.follow) return follow(context, options);
  await show(context, options);
}

/** @throws CliError for options that do not go together. */
function check({ setLevel, level, levels, for: forMs, follow }: LogsOptions): void {
  if (setLevel !== undefined && level !== undefined)
    throw usageError('give --level or --set-level, not both', '--set-level changes what is written');
  if (forMs !== undefined && setLevel === undefined && level === undefined)
    throw usageError('--for says how long a level holds: give --level or --set-level with it');
  if (forMs !== undefined && setLevel === 'configured')
    throw usageError('--for does not go with --set-level configured');
  if (levels && (setLevel !== undefined || level !== undefined || follow))
    throw usageError('--levels only shows them: leave the other options out');
}

async function show(context: Context, options: LogsOptions): Promise<void> {
  const { output } = context;
  let tail: Tail;
  try {
    tail = await withDaemon(context, async (client) => {
      await raise(context, client, options);
      return client.call('logs.tail', { lines: options.lines, ...filter(options) });
    });
  } catch (error) {
    if (!(error instanceof NotReachable)) throw error;
    showFile(context, options, error);
    return;
  }
  output.result({ source: 'daemon', ...tail }, () => linesOf(context, tail.lines));
}

/** @throws the NotReachable given when there is no log file to show instead. */
function showFile({ output, paths }: Context, options: LogsOptions, unreachable: NotReachable): void {
  const { level, component, ref, since } = options;
  const from = since === undefined ? null : new Date(since).toISOString();
  const fits = (line: ShownLine): boolean =>
    (level === undefined || isAtLeast(line.level, level)) &&
    (component === undefined || line.component === component) &&
    (ref === undefined || line.ref === ref) &&
    (from === null || line.timestamp >= from);
  let lines: ShownLine[] | null;
  try {
    lines = tailOfFile(paths.logFile, options.lines, fits);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError('LOG_UNREADABLE', `no daemon answers, and its log cannot be read: ${why}`, {
      cause: error,
    });
  }
  if (lines === null) throw unreachable;
  output.note(
    `no daemon answers at ${paths.socketPath}: this is the end of ${paths.logFile} (a daemon under systemd logs to the journal)`,
  );
  output.result({ source: 'file', file: paths.logFile, lines }, () =>
    (lines ?? []).map((line) => logLine(line, output.paint)),
  );
}

async function follow(context: Context, options: LogsOptions): Promise<void> {
  const { output, paths } = context;
  using interrupted = interrupt();
  const { signal } = interrupted;
  const say = (lines: readonly ShownLine[]): void => {
    for (const line of lines) output.result(line, () => [logLine(line, output.paint)]);
  };
  let client: ControlClient | null = null;
  try {
    client = await connect({ socketPath: paths.socketPath, client: CLIENT_NAME, signal });
    await raise(context, client, options);
    const wanted = filter(options);
    let tail = await client.call('logs.tail', { lines: options.lines, ...wanted });
    say(tail.lines);
    while (!signal.aborted) {
      const { next, stream } = tail;
      const ask = { after: next, stream, lines: MOST_AT_ONCE, waitMs: WAIT_MS, ...wanted };
      tail = await client.call('logs.tail', ask, PATIENCE);
      if (tail.missed > 0) output.note(`this view fell behind: ${plural(tail.missed, 'line')} skipped`);
      say(tail.lines);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    client?.destroy();
  }
}

/** Makes the daemon write what is to be shown, where it does not; it never makes it write less. */
async function raise(context: Context, client: ControlClient, options: LogsOptions): Promise<void> {
  const { level, component } = options;
  if (level === undefined) return;
  const { levels } = await client.call('logs.levels');
  const asked = levels.filter((one) => component === undefined || one.component === component);
  const short = asked.filter((one) => !isAtLeast(level, one.level));
  if (short.length === 0) return;
  const targets = short.length === levels.length ? [undefined] : short.map((one) => one.component);
  for (const target of targets) {
    const change = await setLevel(client, { ...options, setLevel: level }, target);
    context.output.note([change.message, ...wayBack(change, level)].join('\n'));
  }
}

function setLevel(
  client: ControlClient,
  { setLevel: level = 'configured', for: forMs }: LogsOptions,
  component: Component | undefined,
): Promise<Change> {
  return client.call('logs.setLevel', {
    level,
    ...(component !== undefined && { component }),
    ...(forMs !== undefined && { for: Math.max(1, forMs / 1000) }),
  });
}

/** How to undo it. */
function wayBack({ changed }: Change, level: Level | 'configured' | undefined): string[] {
  if (changed.length === 0 || level === 'configured') return [];
  const [only] = changed;
  const one = changed.length === 1 && only ? ` --component ${only.component}` : '';
  return [`back to the settings: breakout logs --set-level configured${one}`];
}

async function showLevels(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('logs.levels'));
  output.result(result, () =>
    table(
      [
        { title: 'component', text: (row) => row.component },
        { title: 'level', text: (row) => row.level, tone: (row) => (isLouder(row) ? 'strong' : 'plain') },
        { title: 'configured', text: (row) => row.configured },
        {
          title: 'until',
          text: (row) =>
            row.until === null
              ? isLouder(row)
                ? 'the daemon ends'
                : '-'
              : `in ${span(Math.max(0, Date.parse(row.until) - Date.now()))}`,
        },
      ],
      result.levels,
      output.width,
      output.paint,
    ),
  );
}

function isLouder({ level, configured }: { readonly level: Level; readonly configured: Level }): boolean {
  return LEVELS.indexOf(level) !== LEVELS.indexOf(configured);
}

function filter({ level, component, ref, since }: LogsOptions): Partial<ParamsOf<'logs.tail'>> {
  return {
    ...(level !== undefined && { level }),
    ...(component !== undefined && { component }),
    ...(ref !== undefined && { ref }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  };
}

function linesOf({ output }: Context, lines: readonly ShownLine[]): string[] {
  return lines.length === 0 ? ['no line fits'] : lines.map((line) => logLine(line, output.paint));
}
