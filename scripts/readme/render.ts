/**
 * The parts of README.md that are made from the sources: the commands from the command line itself, the methods, the
 * errors and the topics from their tables, the limits from the constants and defaults in force, the exchanges from what
 * ccxt says of each. Each stands between
 * `<!-- generated: NAME -->` and `<!-- end -->`.
 */
import type { Command } from 'commander';
import { EXIT } from '../../src/cli/exit.ts';
import { program } from '../../src/cli/program.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { MAX_PENDING } from '../../src/daemon/allowance.ts';
import { MAX_SUBSCRIPTIONS } from '../../src/daemon/connection.ts';
import { MAX_BATCH } from '../../src/daemon/dispatcher.ts';
import { PRICE_INTERVAL_MS } from '../../src/daemon/price-feed.ts';
import { MAX_QUEUED_BYTES, MAX_QUEUED_EVENTS } from '../../src/daemon/subscription.ts';
import { ERRORS } from '../../src/protocol/errors.ts';
import { PRICE_TOPIC, type SubscriptionTopic, TOPICS } from '../../src/protocol/events.ts';
import { MAX_DEPTH, MAX_LINE_BYTES } from '../../src/protocol/framing.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { exchanges } from './exchanges.ts';
import { table } from './table.ts';

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  commands,
  'exit codes': exitCodes,
  methods,
  errors,
  topics,
  limits,
  exchanges,
};

const PART = /<!-- generated: ([a-z ]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * The text with every generated part made anew.
 * @throws Error for a part that is not known, is missing, or comes twice.
 */
export async function rendered(text: string): Promise<string> {
  const found = [...text.matchAll(PART)].map(([, name = '']) => name);
  const wanted = Object.keys(PARTS);
  if (found.length !== wanted.length || wanted.some((name) => !found.includes(name)))
    throw new Error(`README.md must have the parts ${wanted.join(', ')}; it has ${found.join(', ')}`);
  const made = new Map<string, string>();
  for (const [name, make] of Object.entries(PARTS)) made.set(name, await make());
  return text.replace(
    PART,
    (_, name: string) => `<!-- generated: ${name} -->\n\n${made.get(name) ?? ''}\n\n<!-- end -->`,
  );
}

function commands(): string {
  const rows = leaves(program(), '').map(({ path, command }) => {
    const needed = command.options
      .filter(({ mandatory }) => mandatory)
      .map(({ long, flags }) => flags.slice(flags.indexOf(long ?? '')));
    const words = [path, ...command.registeredArguments.map(argumentText), ...needed].join(' ');
    const options = command.options
      .filter((option) => !option.hidden && !option.mandatory && option.long)
      .map((option) => `\`${option.long}\``);
    return [`\`${words}\``, command.description(), options.join(' ')];
  });
  return table(['command', 'what it does', 'options'], rows);
}

function argumentText(argument: Command['registeredArguments'][number]): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

function leaves(command: Command, path: string): Leaf[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command
    .createHelp()
    .visibleCommands(command)
    .flatMap((child) =>
      child.name() === 'help' ? [] : leaves(child, path === '' ? child.name() : `${path} ${child.name()}`),
    );
}

function exitCodes(): string {
  return table(
    ['exit code', 'meaning'],
    [
      [String(EXIT.done), 'done'],
      [
        String(EXIT.refused),
        'the daemon said no, or it could not be done; `health`: something is critical; `doctor`: a check has failed; `keys check`: a live start would be refused; `replay`: something came out differently',
      ],
      [String(EXIT.unreachable), 'no daemon answers'],
      [
        String(EXIT.usage),
        'the command line is wrong, or a dangerous command was neither confirmed nor given `--yes`',
      ],
      ['75', '`daemon run`: another daemon has the state folder'],
      ['78', '`daemon run`: the configuration is wrong, or the journal cannot be used'],
      ['130', '`daemon run`: a second SIGINT ended it at once'],
    ],
  );
}

function methods(): string {
  return table(
    ['method', 'kind', 'since', 'what it does'],
    Object.entries(METHODS).map(([name, { kind, since, summary }]) => [
      `\`${name}\``,
      kind,
      String(since),
      summary,
    ]),
  );
}

function errors(): string {
  return table(
    ['code', 'number', 'HTTP', 'again?', 'what to do'],
    Object.entries(ERRORS).map(([code, { rpc, httpStatus, retryable, hint }]) => [
      `\`${code}\``,
      String(rpc),
      String(httpStatus),
      retryable ? 'yes' : 'no',
      hint,
    ]),
  );
}

const TOPIC_TEXTS: Readonly<Record<SubscriptionTopic, string>> = {
  session: 'a session has started or ended, with what is left open',
  state: 'the engine has changed its state, why, and who asked',
  scan: 'a scan is done: how many pass, and the candidates with their scores',
  level: 'a level was formed, armed, broken, retested, or is no longer valid',
  signal: 'a breakout or a retest, with level, price and stop',
  refused: 'a signal that is not traded: the code, the value, the threshold',
  order: 'an order was sent, accepted, rejected, filled, cancelled, or its fate is unknown',
  fill: 'a part of an order was filled, with its fee',
  position: 'a position was opened, increased, reduced, protected, closed, or its stop moved',
  trade: 'a trade is finished, with its result in R and money',
  halt: 'a limit was reached: no more entries',
  halt_released: 'entries again',
  dust: 'a rest is too small for the venue to close',
  gap: 'candles are missing',
  warning: 'anything else that a trader should know',
  health: "the daemon's own health has changed",
  price: `the newest prices, only where they are named: no event, no number, at most one notification in ${PRICE_INTERVAL_MS} ms`,
};

const TOPIC_NAMES: readonly SubscriptionTopic[] = [...TOPICS, PRICE_TOPIC];

function topics(): string {
  return table(
    ['topic', 'what is told'],
    TOPIC_NAMES.map((name) => [`\`${name}\``, TOPIC_TEXTS[name]]),
  );
}

function limits(): string {
  const { control } = defaultSettings();
  return table(
    ['limit', 'value', 'beyond it'],
    [
      ['a request line', `${MAX_LINE_BYTES / 2 ** 20} MiB`, '`LINE_TOO_LONG`, and the connection is closed'],
      [
        'a line that has begun',
        `${control.half_line_ms / 1000} s (\`control.half_line_ms\`)`,
        '`LINE_TIMEOUT`, closed',
      ],
      ['a batch', `${MAX_BATCH} requests`, '`BATCH_TOO_LARGE`'],
      ['nesting', `${MAX_DEPTH} deep`, '`TOO_DEEP`'],
      ['requests that wait, per connection', String(MAX_PENDING), '`TOO_MANY_PENDING`'],
      ['subscriptions, per connection', String(MAX_SUBSCRIPTIONS), '`TOO_MANY_SUBSCRIPTIONS`'],
      [
        'connections',
        `${control.max_connections} (\`control.max_connections\`)`,
        '`TOO_MANY_CONNECTIONS`; a few places are kept for a panic',
      ],
      [
        'reads, per connection',
        `${control.reads_per_second} a second, ${control.reads_burst} at once (\`control.reads_per_second\`, \`control.reads_burst\`)`,
        '`RATE_LIMITED` with `retryAfterMs`',
      ],
      [
        'control commands, per connection',
        `${control.control_per_second} a second, ${control.control_burst} at once (\`control.control_per_second\`, \`control.control_burst\`)`,
        '`RATE_LIMITED`; `engine.emergencyStop` never',
      ],
      [
        'events that a subscriber has not read',
        `${MAX_QUEUED_EVENTS}, or ${MAX_QUEUED_BYTES / 2 ** 20} MiB`,
        '`events.lagged` with the last number sent, closed; subscribe again with it as `since`',
      ],
    ],
  );
}
