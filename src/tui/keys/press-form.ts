/** Keys while the start form is open. */
import { formAfter, formWith, type StartForm } from '../start/form.ts';
import { type Key, LEAVE, type Outcome } from './outcome.ts';
import { NORMAL } from './ui-state.ts';

export function pressInForm(form: StartForm, key: Key, pasting: boolean): Outcome {
  const shown = (next: StartForm | null): Outcome =>
    next === null ? {} : { change: { mode: { kind: 'form', form: next } } };
  if (key.kind === 'text') return shown(formWith(form, key.text));
  const { name } = key;
  if (pasting) return [...name].length === 1 ? shown(formWith(form, name)) : {};
  switch (name) {
    case 'ctrl+c':
      return LEAVE;
    case 'esc':
      return { change: { mode: NORMAL } };
    case 'enter':
      if (form.focus === 'cancel') return { change: { mode: NORMAL } };
      return form.focus === 'start'
        ? { effect: { kind: 'start', form, confirmed: false } }
        : shown(formAfter(form, 'tab'));
    default:
      return shown(formAfter(form, name));
  }
}
