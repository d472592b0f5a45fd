/** Keys while a question is open. */
import { LEAVE, type Outcome } from './outcome.ts';
import { type Dialog, type Mode, NORMAL } from './ui-state.ts';

export function pressInDialog(dialog: Dialog, name: string): Outcome {
  const { choices, focus, word, typed, under } = dialog;
  const back: Mode = under === null ? NORMAL : { kind: 'form', form: under };
  const change = (over: Partial<Dialog>): Outcome => ({
    change: { mode: { kind: 'dialog', dialog: { ...dialog, ...over } } },
  });
  // Until the word is there, only Cancel can be chosen.
  const open = word === null || typed === word;
  const step = (by: number): Outcome =>
    open ? change({ focus: (focus + by + choices.length) % choices.length }) : {};
  switch (name) {
    case 'ctrl+c':
      return LEAVE;
    case 'esc':
      return { change: { mode: back } };
    case 'tab':
    case 'right':
    case 'down':
      return step(1);
    case 'shift+tab':
    case 'left':
    case 'up':
      return step(-1);
    case 'backspace':
      return change({ typed: typed.slice(0, -1), focus: 0 });
    case 'enter': {
      const effect = choices[focus]?.effect ?? null;
      return effect === null ? { change: { mode: back } } : { change: { mode: NORMAL }, effect };
    }
    default: {
      if (word === null || [...name].length !== 1) return {};
      const now = typed + name;
      // With the word complete the focus goes to what it confirms.
      return change({ typed: now, focus: now === word ? 1 : 0 });
    }
  }
}
