/** The arguments of a command that the view carries out itself. */

export interface Given {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

export interface Takes {
  /** Options with a value, e.g. `--reason`. */
  readonly values?: readonly string[];
  readonly switches?: readonly string[];
  /** What stands without an option, in words; none is taken without it. */
  readonly operand?: string;
}

/** @returns what was given, or in words what is wrong with it. */
export function readGiven(command: string, words: readonly string[], takes: Takes): Given | string {
  const operands: string[] = [];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  let pending: string | null = null;
  for (const word of words) {
    if (pending !== null) {
      values.set(pending, word);
      pending = null;
      continue;
    }
    const [, flag = word, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    if (takes.values?.includes(flag)) {
      if (inline === undefined) pending = flag;
      else values.set(flag, inline);
    } else if (takes.switches?.includes(word)) switches.add(word);
    else if (word.startsWith('-')) return `${command} takes no ${flag} here`;
    else operands.push(word);
  }
  if (pending !== null) return `${command}: ${pending} needs a value`;
  const most = takes.operand === undefined ? 0 : 1;
  if (operands.length < most) return `${command}: ${takes.operand} is missing`;
  if (operands.length > most) return `${command}: "${operands[most] ?? ''}" is too much`;
  return { operands, values, switches };
}
