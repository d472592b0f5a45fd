/** Keys while the output of a command is shown. */
import { firstShown, type Output } from '../line/output.ts';
import { PAGE } from './moves.ts';
import { LEAVE, type Outcome } from './outcome.ts';
import { NORMAL } from './ui-state.ts';

/** Columns at a time. */
const SIDEWAYS = 20;

const BY = new Map([
  ['up', -1],
  ['k', -1],
  ['down', 1],
  ['j', 1],
  ['pageup', -PAGE],
  ['pagedown', PAGE],
]);

/** @param rows of the output that fit. */
export function pressInOutput(output: Output, name: string, rows: number): Outcome {
  const to = (over: Partial<Output>): Outcome => ({
    change: { mode: { kind: 'output', output: { ...output, ...over } } },
  });
  const by = BY.get(name);
  if (by !== undefined) {
    const scroll = firstShown({ ...output, scroll: firstShown(output, rows) + by }, rows);
    return to({ scroll });
  }
  switch (name) {
    case 'ctrl+c':
      return LEAVE;
    case 'home':
    case 'g':
      return to({ scroll: 0, shift: 0 });
    case 'end':
    case 'G':
      return to({ scroll: output.ended === null ? null : Math.max(0, output.lines.length - rows) });
    case 'right':
    case 'l': {
      const widest = output.lines.reduce((most, { length }) => Math.max(most, length), 0);
      return output.shift + SIDEWAYS < widest ? to({ shift: output.shift + SIDEWAYS }) : {};
    }
    case 'left':
    case 'h':
      return to({ shift: Math.max(0, output.shift - SIDEWAYS) });
    case 'esc':
    case 'q':
    case 'enter':
      return { change: { mode: NORMAL }, effect: { kind: 'end_run' } };
    default:
      return {};
  }
}
