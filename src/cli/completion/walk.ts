/**
 * Reads the words before the one that is being completed as commander would: which command they lead to, which
 * options they give, and what the next word is for.
 */
import type { Command, Option } from 'commander';

export interface GivenOption {
  readonly option: Option;
  /** Null for a switch. */
  readonly value: string | null;
}

export interface Place {
  readonly command: Command;
  readonly given: readonly GivenOption[];
  /** The arguments given so far. */
  readonly operands: readonly string[];
  /** The option whose value comes next. */
  readonly pending: Option | null;
  /** After `help`: a command's name comes next, and nothing else. */
  readonly help: boolean;
}

/** Null where nothing more can be said: after `--`, or after a word that means nothing here. */
export function walk(root: Command, words: readonly string[]): Place | null {
  let command = root;
  let operands: string[] = [];
  let pending: Option | null = null;
  let help = false;
  const given: GivenOption[] = [];
  for (const word of words) {
    if (pending) {
      given.push({ option: pending, value: word });
      pending = null;
    } else if (word === '--') return null;
    else if (word.startsWith('-') && word.length > 1) {
      const found = readOption(command, word);
      if (!found) return null;
      given.push(...found.given);
      pending = found.pending;
    } else if (help) return null;
    else if (operands.length === 0 && word === 'help' && command.commands.length > 0) help = true;
    else {
      const child = operands.length === 0 ? childOf(command, word) : undefined;
      if (child) command = child;
      else {
        const reader = command.commands.length > 0 ? defaultOf(command) : command;
        if (!reader) return null;
        operands = [...operands, word];
      }
    }
  }
  return { command, given, operands, pending, help };
}

/** What can be given at a command: its own options, those of its default command, and the global ones. */
export function optionsAt(command: Command): Option[] {
  const help = command.createHelp();
  const byDefault = defaultOf(command);
  // `--version` works everywhere and means the same: once is enough.
  const global = help.visibleGlobalOptions(command).filter((option) => option.attributeName() !== 'version');
  const all = [
    ...help.visibleOptions(command),
    ...(byDefault ? help.visibleOptions(byDefault) : []),
    ...global,
  ];
  const seen = new Set<string>();
  return all.filter(({ flags }) => !seen.has(flags) && seen.add(flags));
}

/** The command that runs where none is named, as `list` does for `breakout presets`. */
export function defaultOf(command: Command): Command | undefined {
  // Commander tells the name of the default command to nobody.
  if (!('_defaultCommandName' in command)) return undefined;
  const name = command._defaultCommandName;
  return command.commands.find((child) => child.name() === name);
}

export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

interface ReadOption {
  readonly given: readonly GivenOption[];
  readonly pending: Option | null;
}

/** `--mode`, `--mode=paper`, `-n`, `-n20`, `-fn 20`. Null for what is no option here. */
function readOption(command: Command, word: string): ReadOption | null {
  const options = optionsAt(command);
  const end = word.startsWith('--') ? word.indexOf('=') : -1;
  const flag = end < 0 ? word : word.slice(0, end);
  const option = options.find(({ long, short }) => long === flag || short === flag);
  if (option) {
    if (end >= 0) return { given: [{ option, value: word.slice(end + 1) }], pending: null };
    if (option.required) return { given: [], pending: option };
    return { given: [{ option, value: null }], pending: null };
  }
  if (word.startsWith('--')) return null;
  const first = options.find(({ short }) => short === word.slice(0, 2));
  if (!first) return null;
  if (takesValue(first)) return { given: [{ option: first, value: word.slice(2) }], pending: null };
  const rest = readOption(command, `-${word.slice(2)}`);
  return rest && { given: [{ option: first, value: null }, ...rest.given], pending: rest.pending };
}
