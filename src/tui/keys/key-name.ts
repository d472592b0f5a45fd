/** Names of keys, the same for every terminal: `a`, `A`, `?`, `up`, `enter`, `ctrl+c`, `shift+tab`. */
import type { Key } from 'ink';

/** What the terminal puts round text that is pasted, where it is asked to. */
const PASTE_BEGINS = '[200~';
const PASTE_ENDS = '[201~';

export type Pressed =
  | { readonly kind: 'key'; readonly name: string }
  /** Characters that came together: typed fast, or by a program. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly part: 'begins' | 'ends' };

/** What came in one piece: one key, or text with keys among it that change no more than the text does. */
export function pressed(input: string, key: Key): readonly Pressed[] {
  const one = single(input, key);
  if (one !== null) return [one];
  if (key.ctrl || key.meta || input.length < 2) return [];
  // With a line end in it, it may be a paste: what stands behind that is lost rather than taken for keys.
  const [before = ''] = input.split(NO_TEXT);
  return before.split(AMONG_TEXT).flatMap((part): readonly Pressed[] => {
    if (part === '') return [];
    return [KEYS_AMONG_TEXT.get(part) ?? { kind: 'text', text: part }];
  });
}

const KEYS_AMONG_TEXT: ReadonlyMap<string, Pressed> = new Map<string, Pressed>([
  ['\t', { kind: 'key', name: 'tab' }],
  ['\u007f', { kind: 'key', name: 'backspace' }],
]);

const AMONG_TEXT = /([\t\u007f])/;

/** Control characters that are none of those keys. */
const NO_TEXT = /(?![\t\u007f])\p{Cc}/u;

function single(input: string, key: Key): Pressed | null {
  if (input === PASTE_BEGINS) return { kind: 'paste', part: 'begins' };
  if (input === PASTE_ENDS) return { kind: 'paste', part: 'ends' };
  const named = nameOf(key);
  if (named !== null) return { kind: 'key', name: named };
  // A line feed or a carriage return in the middle of what was typed comes as text.
  if (input === '\n' || input === '\r') return { kind: 'key', name: 'enter' };
  if (key.ctrl) return input === '' ? null : { kind: 'key', name: `ctrl+${input.toLowerCase()}` };
  if (key.meta) return null;
  if (input === '' || /\p{Cc}/u.test(input)) return null;
  return [...input].length === 1 ? { kind: 'key', name: input } : { kind: 'text', text: input };
}

function nameOf(key: Key): string | null {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  // Terminals disagree on which of the two the key above Enter is.
  if (key.backspace || key.delete) return 'backspace';
  return null;
}
