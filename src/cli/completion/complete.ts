/** What can stand where the cursor is: commands, options and arguments from commander's tree, names from `lookUp`. */
import type { Command, Option } from 'commander';
import { type Meaning, meaningOfArgument, meaningOfOption, REPEATABLE, type Source } from './values.ts';
import { defaultOf, type GivenOption, optionsAt, type Place, walk } from './walk.ts';

export interface Candidate {
  readonly value: string;
  readonly about?: string;
  /** One of two names for the same thing: offered once something is typed, so that a list has each thing once. */
  readonly second?: boolean;
}

/** `head` is the part of the word that stays as it is: `--mode=`, `state,`. `typed` is the rest of it. */
export type Completion =
  | {
      readonly kind: 'words';
      readonly head: string;
      readonly typed: string;
      /** Not yet narrowed down to what begins as `typed` does: each shell has its own idea of that. */
      readonly candidates: readonly Candidate[];
      /** More may follow without a space. */
      readonly open: boolean;
    }
  | { readonly kind: 'files' | 'folders'; readonly head: string; readonly typed: string };

/** The names of a kind. Never throws for what is not there: a daemon, a folder. */
export type LookUp = (source: Source, given: readonly GivenOption[]) => Promise<readonly Candidate[]>;

/** @param words those after `breakout`, without quotes; the last is the one to complete, and may be empty. */
export async function complete(root: Command, words: readonly string[], lookUp: LookUp): Promise<Completion> {
  const word = words.at(-1) ?? '';
  const place = walk(root, words.slice(0, -1));
  if (!place) return offer(word, []);
  const names = (source: Source): Promise<readonly Candidate[]> => lookUp(source, place.given);
  if (place.pending) return valuesFor(meaningOfOption(place.pending), '', word, names);
  const inline = /^(--[^=]+=)(.*)$/s.exec(word);
  if (inline) {
    const [, head = '', typed = ''] = inline;
    const option = optionsAt(place.command).find(({ long }) => `${long}=` === head);
    return valuesFor(option ? meaningOfOption(option) : null, head, typed, names);
  }
  if (word.startsWith('-')) return offer(word, optionsLeft(place));
  const commands = place.operands.length === 0 ? commandsAt(place) : [];
  if (place.help) return offer(word, commands);
  const reader = place.command.commands.length > 0 ? defaultOf(place.command) : place.command;
  const meaning = reader ? meaningOfArgument(reader, place.operands.length) : null;
  const value = await valuesFor(meaning, '', word, names);
  if (value.kind !== 'words') return value;
  const candidates = [...commands, ...value.candidates];
  // Where there is nothing else to say, the options are what can be said.
  return offer(word, candidates.length === 0 && word === '' ? longOnly(optionsLeft(place)) : candidates);
}

function offer(typed: string, candidates: readonly Candidate[]): Completion {
  return { kind: 'words', head: '', typed, candidates, open: false };
}

function commandsAt({ command, help }: Place): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => !(help && child.name() === 'help'))
    .map((child) => ({ value: child.name(), about: child.description() }));
}

/** The options that can still be given: not twice, and none that excludes one that is there. */
function optionsLeft({ command, given }: Place): Candidate[] {
  const there = given.map(({ option }) => option);
  return optionsAt(command)
    .filter((option) => !there.some((other) => excludes(other, option)))
    .flatMap((option) =>
      [option.long, option.short].flatMap((flag) =>
        flag === undefined ? [] : [{ value: flag, about: option.description }],
      ),
    );
}

/** Each option once, where nobody has asked for options. */
function longOnly(options: readonly Candidate[]): Candidate[] {
  return options.filter(({ value }) => value.startsWith('--'));
}

function excludes(there: Option, option: Option): boolean {
  if (there.flags === option.flags) return !(there.variadic || REPEATABLE.has(there.long ?? ''));
  return conflicts(there, option) || conflicts(option, there);
}

function conflicts(option: Option, other: Option): boolean {
  // Commander keeps them in a field that its types leave out.
  const names: unknown = 'conflictsWith' in option ? option.conflictsWith : [];
  return Array.isArray(names) && names.includes(other.attributeName());
}

async function valuesFor(
  meaning: Meaning | null,
  head: string,
  typed: string,
  names: (source: Source) => Promise<readonly Candidate[]>,
): Promise<Completion> {
  const words = (candidates: readonly Candidate[]): Completion => ({
    kind: 'words',
    head,
    typed,
    candidates: candidates.filter(({ second }) => second !== true || typed !== ''),
    open: false,
  });
  switch (meaning?.kind) {
    case undefined:
      return words([]);
    case 'choices':
      return words(meaning.choices.map((value) => ({ value })));
    case 'files':
    case 'folders': {
      const { kind, after } = meaning;
      if (after === undefined) return { kind, head, typed };
      const cut = typed.indexOf(after) + after.length;
      if (cut < after.length) return words([]);
      return { kind, head: head + typed.slice(0, cut), typed: typed.slice(cut) };
    }
    case 'names': {
      const all = await names(meaning.source);
      return meaning.list ? listed(all, head, typed) : words(all);
    }
  }
}

/** After the last comma, without what the list has already. */
function listed(all: readonly Candidate[], head: string, typed: string): Completion {
  const cut = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, cut);
  const had = new Set(before.split(',').map((word) => word.trim()));
  return {
    kind: 'words',
    head: head + before,
    typed: typed.slice(cut),
    candidates: all.filter(({ value }) => !had.has(value)),
    open: true,
  };
}
