/** Keys while a command is typed. */
import { EDITS, inserted, type LineEdit, MOST_HISTORY, stepped } from '../line/editor.ts';
import { planned } from '../line/plan.ts';
import type { ViewState } from '../store/state.ts';
import { type Key, LEAVE, type Outcome } from './outcome.ts';
import { NORMAL } from './ui-state.ts';

export interface TypingIn {
  readonly edit: LineEdit;
  readonly state: ViewState;
  readonly history: readonly string[];
  readonly readOnly: boolean;
  readonly pasting: boolean;
}

const shown = (edit: LineEdit): Outcome => ({ change: { mode: { kind: 'line', edit } } });

export function pressInLine(key: Key, typing: TypingIn): Outcome {
  const { edit, history, pasting } = typing;
  if (key.kind === 'text') return shown(inserted(edit, key.text));
  const { name } = key;
  if ([...name].length === 1) return shown(inserted(edit, name));
  // A line end in what is pasted must not run it.
  if (pasting) return {};
  const does = EDITS.get(name);
  if (does) {
    if (name === 'backspace' && edit.text === '') return { change: { mode: NORMAL } };
    return shown(does(edit, history));
  }
  switch (name) {
    case 'ctrl+c':
      return LEAVE;
    case 'esc':
      return edit.menu === null ? { change: { mode: NORMAL } } : shown({ ...edit, menu: null });
    case 'tab':
      return edit.menu === null ? { effect: { kind: 'complete', edit } } : shown(stepped(edit, edit.menu, 1));
    case 'shift+tab':
      return edit.menu === null ? {} : shown(stepped(edit, edit.menu, -1));
    case 'enter':
      return entered(typing);
    default:
      return {};
  }
}

function entered({ edit, state, history, readOnly }: TypingIn): Outcome {
  const text = edit.text.trim();
  if (text === '') return { change: { mode: NORMAL } };
  const outcome = planned(text, state, { readOnly });
  const remembered = [...history.filter((one) => one !== text), text].slice(-MOST_HISTORY);
  // What is wrong stays in the line, to be mended.
  if (typeof outcome === 'string')
    return {
      change: { history: remembered, mode: { kind: 'line', edit: { ...edit, menu: null, said: outcome } } },
    };
  return {
    change: { history: remembered, mode: NORMAL, message: null, ...outcome.change },
    ...(outcome.effect && { effect: outcome.effect }),
  };
}
