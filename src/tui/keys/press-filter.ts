/** Keys while a filter is typed. */
import { type Key, LEAVE, type Outcome } from './outcome.ts';
import { NORMAL, type UiState } from './ui-state.ts';

export function typeFilter({ focus, filters, searched }: UiState, key: Key): Outcome {
  const typed = filters[focus] ?? '';
  const set = (text: string): Outcome => ({ change: { filters: { ...filters, [focus]: text } } });
  if (key.kind === 'text') return set(typed + key.text);
  switch (key.name) {
    case 'ctrl+c':
      return LEAVE;
    case 'enter':
      return {
        change: { mode: NORMAL, ...(typed !== '' && { searched: { ...searched, [focus]: typed } }) },
      };
    case 'esc':
      return { change: { mode: NORMAL, filters: { ...filters, [focus]: '' } } };
    case 'ctrl+u':
      return set('');
    case 'backspace':
      return set(typed.slice(0, -1));
    default:
      return [...key.name].length === 1 ? set(typed + key.name) : {};
  }
}
