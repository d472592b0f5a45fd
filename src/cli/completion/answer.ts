/**
 * What the scripts of the shells are answered, a line each. First the kind: `words`, `open` (words, with no space after
 * them), `files` or `folders`; for zsh and fish then the part of the word that stays and the part to complete, which
 * they cannot tell by themselves; then the candidates.
 */
import type { Candidate, Completion } from './complete.ts';
import { type Line, quoted } from './line.ts';

/** For COMPREPLY: narrowed down, quoted, and without what bash keeps of the word by itself. */
export function bashAnswer(completion: Completion, line: Line): string[] {
  if (completion.kind !== 'words') return [completion.kind];
  const { head, typed } = completion;
  const words = narrowed(completion.candidates, typed).map(({ value }) =>
    quoted(`${head}${value}`.slice(line.kept), line.quote),
  );
  return [kindOf(completion), ...words];
}

/** For `_describe`: `value:description`, where a colon of the value's own is escaped. */
export function zshAnswer(completion: Completion): string[] {
  const { head, typed } = completion;
  return [
    kindOf(completion),
    head,
    typed,
    ...told(completion).map(
      ({ value, about }) => value.replace(/[\\:]/g, '\\$&') + (about === undefined ? '' : `:${about}`),
    ),
  ];
}

/** For `complete -a`: the whole word, a tab, the description. */
export function fishAnswer(completion: Completion): string[] {
  const { head, typed } = completion;
  return [
    kindOf(completion),
    head,
    typed,
    ...told(completion).map(
      ({ value, about }) => `${head}${value}${about === undefined ? '' : `\t${about}`}`,
    ),
  ];
}

function kindOf(completion: Completion): string {
  return completion.kind === 'words' && completion.open ? 'open' : completion.kind;
}

function told(completion: Completion): readonly Candidate[] {
  return completion.kind === 'words' ? shown(completion.candidates) : [];
}

/** Exactly what was typed where that begins a name, else without regard to case. */
function narrowed(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  const all = shown(candidates);
  const exact = all.filter(({ value }) => value.startsWith(typed));
  if (exact.length > 0) return exact;
  return all.filter(({ value }) => value.toLowerCase().startsWith(typed.toLowerCase()));
}

/** A line is one candidate: a name that would be more than one line is none, and a description is made one. */
function shown(candidates: readonly Candidate[]): Candidate[] {
  return candidates.flatMap(({ value, about }) => {
    if (value === '' || /\p{Cc}/u.test(value)) return [];
    return about === undefined || about === ''
      ? [{ value }]
      : [{ value, about: brief(about.replace(/\p{Cc}+/gu, ' ')) }];
  });
}

/** Beside a name there is room for a line. */
const MOST = 100;

function brief(about: string): string {
  if (about.length <= MOST) return about;
  const sentence = about.split(/(?<=\.) /)[0] ?? about;
  return sentence.length <= MOST ? sentence : `${sentence.slice(0, MOST - 1)}…`;
}
