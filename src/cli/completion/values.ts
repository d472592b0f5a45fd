/** What a word that is no command and no option stands for, where commander's own choices do not say it. */
import type { Argument, Command, Option } from 'commander';
import { takesValue } from './walk.ts';

/** A kind of name that is looked up when it is asked for. */
export type Source =
  | 'entry orders'
  | 'foreign'
  | 'instances'
  | 'methods'
  | 'positions'
  | 'presets'
  | 'recorded sessions'
  | 'sessions'
  | 'symbols'
  | 'topics'
  | 'users'
  | 'venues';

export type Meaning =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** `list`: several, with commas between. */
  | { readonly kind: 'names'; readonly source: Source; readonly list: boolean }
  /** `after`: what stands before the path, up to this character, is not completed. */
  | { readonly kind: 'files' | 'folders'; readonly after?: string };

const name = (source: Source): Meaning => ({ kind: 'names', source, list: false });
const list = (source: Source): Meaning => ({ kind: 'names', source, list: true });

/** An option means the same in every command. What is not here is free text: times, figures, reasons. */
export const OPTION_VALUES: ReadonlyMap<string, Meaning> = new Map([
  ['--preset', name('presets')],
  ['--venue', name('venues')],
  ['--symbol', name('symbols')],
  ['--adopt', name('foreign')],
  ['--ignore', name('foreign')],
  ['--symbols', list('symbols')],
  ['--topics', list('topics')],
  ['--session', name('recorded sessions')],
  ['--instance', name('instances')],
  ['--run-as', name('users')],
  ['--socket', { kind: 'files' }],
  ['--out', { kind: 'files' }],
  ['--data', { kind: 'folders' }],
  ['--unit-dir', { kind: 'folders' }],
  ['--credential', { kind: 'files', after: ':' }],
]);

/** Arguments by the command that takes them, in their order; null for free text. */
export const ARGUMENT_VALUES: ReadonlyMap<string, readonly (Meaning | null)[]> = new Map([
  ['close', [name('positions')]],
  ['cancel', [name('entry orders')]],
  ['levels', [name('symbols')]],
  ['explain', [name('symbols')]],
  ['rpc', [name('methods'), null]],
  ['presets show', [name('presets')]],
  ['presets validate', [{ kind: 'files' }]],
  ['config validate', [{ kind: 'files' }]],
  ['sessions show', [name('sessions')]],
  ['sessions checkpoints', [name('sessions')]],
  ['replay', [name('recorded sessions')]],
  ['data import', [{ kind: 'folders' }]],
  ['data export', [{ kind: 'folders' }]],
]);

/** Options that may be given more than once. */
export const REPEATABLE: ReadonlySet<string> = new Set(['--credential']);

export function meaningOfOption(option: Option): Meaning | null {
  if (!takesValue(option)) return null;
  if (option.argChoices) return { kind: 'choices', choices: option.argChoices };
  return OPTION_VALUES.get(option.long ?? '') ?? null;
}

/** @param index from 0. Null for free text, and where no further argument is taken. */
export function meaningOfArgument(command: Command, index: number): Meaning | null {
  const taken: readonly Argument[] = command.registeredArguments;
  const last = taken.at(-1);
  const argument = taken[index] ?? (last?.variadic ? last : undefined);
  if (!argument) return null;
  if (argument.argChoices) return { kind: 'choices', choices: argument.argChoices };
  return ARGUMENT_VALUES.get(pathOf(command))?.[index] ?? null;
}

/** `sessions show`: without the name of the program. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : '';
}
