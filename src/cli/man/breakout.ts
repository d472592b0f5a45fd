/** breakout(1): the commands, from the tree that commander runs them from. */
import type { Command, Option } from 'commander';
import { packageInfo } from '../../config/package.ts';
import { resolvePaths } from '../../config/paths.ts';
import { settingsFile, settingsJsonSchema } from '../../config/settings.ts';
import { textAfterHelp } from './help-text.ts';
import { Page } from './roff.ts';

/** @param root of the program; its output is redirected, so that it is of no other use afterwards. */
export function breakoutPage(root: Command): string {
  const page = new Page({
    name: 'breakout',
    section: 1,
    version: packageInfo().version,
    manual: 'breakout manual',
  });
  page.name('breakout', lowered(root.description()));
  page.section('SYNOPSIS');
  page.paragraph('breakout [--socket PATH] [--instance NAME] [--json] COMMAND [OPTIONS]');
  page.section('DESCRIPTION');
  for (const text of ABOUT) page.paragraph(text);
  page.section('OPTIONS');
  page.paragraph('These go with every command.');
  options(page, root);
  page.section('COMMANDS');
  for (const command of shownIn(root)) describe(page, command);
  page.section('EXIT STATUS');
  exitCodes(page, textAfterHelp(root));
  page.section('ENVIRONMENT');
  environment(page);
  page.section('FILES');
  files(page);
  page.section('SEE ALSO');
  page.paragraph('breakout-rpc(7), the protocol of the control socket; systemctl(1), journalctl(1)');
  return page.text;
}

const ABOUT = [
  'breakout trades range breakouts on crypto exchanges without anybody watching. A daemon holds the engine, the orders and the journal; every other command is a client of its control socket and ends with what the daemon says.',
  'Only `start` and `daemon start` ever start a daemon. Closing a terminal, a view or a client ends nothing but itself. What acts on positions asks first, or takes --yes.',
  'Times are UTC. With --json every command writes one JSON document to standard output; errors are such a document as well.',
];

function describe(page: Page, command: Command): void {
  const help = command.createHelp();
  page.subsection(help.commandUsage(command));
  page.paragraph(`${raised(command.description())}.`);
  for (const argument of help.visibleArguments(command))
    page.item(help.argumentTerm(argument), help.argumentDescription(argument));
  options(page, command);
  const after = textAfterHelp(command);
  if (after !== '') page.help(after);
  for (const child of shownIn(command)) describe(page, child);
}

function options(page: Page, command: Command): void {
  const help = command.createHelp();
  const own: readonly Option[] = help.visibleOptions(command);
  for (const option of own) {
    // The same everywhere: it is told once, among the options of the program.
    if (option.long === '--help' && command.parent) continue;
    page.item(help.optionTerm(option), help.optionDescription(option));
  }
}

/** Commander's own `help` is left out: it shows what this page says. */
function shownIn(command: Command): readonly Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return command.commands.filter((child) => shown.includes(child));
}

/** `  2  no daemon answers`, each an item. */
function exitCodes(page: Page, text: string): void {
  for (const line of text.split('\n')) {
    const [, code, meaning] = /^ +(\d+) +(.+)$/.exec(line) ?? [];
    if (code !== undefined && meaning !== undefined) page.item(code, meaning);
  }
  page.paragraph('breakout daemon run has further ones; see there.');
}

const VARIABLES: readonly (readonly [string, string])[] = [
  ['BREAKOUT_STATE_DIR', 'The state folder; else $XDG_STATE_HOME/breakout, else ~/.local/state/breakout.'],
  [
    'BREAKOUT_CONFIG_DIR',
    'The configuration folder; else $XDG_CONFIG_HOME/breakout, else ~/.config/breakout.',
  ],
  [
    'BREAKOUT_SOCKET',
    'The control socket; else breakout.sock in $RUNTIME_DIRECTORY, in $XDG_RUNTIME_DIR/breakout, or in the state folder. --socket goes over it.',
  ],
  ['NO_COLOR', 'Set to anything: no colour, on a terminal neither.'],
];

interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

function environment(page: Page): void {
  for (const [name, text] of VARIABLES) page.item(name, text);
  page.paragraph(
    'Each setting of config.json has a variable that goes over it; a flag of breakout daemon run goes over both. Objects and null are written as JSON.',
  );
  for (const { keys, node } of leaves(settingsJsonSchema(), [])) {
    const about = node.description === undefined ? '' : `${node.description}. `;
    page.item(
      `BREAKOUT_${keys.join('_').toUpperCase()}`,
      `${about}Setting ${keys.join('.')}${node.default === undefined ? '' : `, default ${JSON.stringify(node.default)}`}.`,
    );
  }
}

interface Leaf {
  readonly keys: readonly string[];
  readonly node: SchemaNode;
}

function leaves(node: SchemaNode, keys: readonly string[], about?: string): Leaf[] {
  const description = node.description ?? about;
  if (!node.properties)
    return [{ keys, node: { ...node, ...(description !== undefined && { description }) } }];
  return Object.entries(node.properties).flatMap(([key, child]) =>
    key === '$schema' ? [] : leaves(child, [...keys, key], description),
  );
}

function files(page: Page): void {
  const { configDir, stateDir, candlesDir, logFile, lockFile } = resolvePaths({ env: { HOME: '~' } });
  page.item(settingsFile(configDir), 'The settings; breakout config schema describes them.');
  page.item(`${configDir}/presets/NAME.json`, 'Presets of your own; they go over those of the package.');
  page.item(`${stateDir}/`, 'Journal, locks and log of the default instance.');
  page.item(`${stateDir}/instances/NAME/`, 'The same of the instance NAME.');
  page.item(
    `${candlesDir}/`,
    'Candles that breakout data has fetched or imported, a folder for each exchange.',
  );
  page.item(logFile, 'The log, rotated by size; breakout logs reads it.');
  page.item(lockFile, 'Held by the one daemon that uses the state folder.');
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function raised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
