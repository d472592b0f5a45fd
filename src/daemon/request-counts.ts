import type { MethodName } from '../protocol/methods.ts';

export interface RequestCount {
  /** Null for what names no method of the table: its text is a client's own and goes nowhere. */
  readonly method: MethodName | null;
  readonly outcome: string;
  readonly count: number;
}

/** How often each method was asked for, and with what outcome, since the daemon began. */
export class RequestCounts {
  readonly #counts = new Map<MethodName | null, Map<string, number>>();

  add(method: MethodName | null, outcome: string): void {
    let outcomes = this.#counts.get(method);
    if (outcomes === undefined) {
      outcomes = new Map();
      this.#counts.set(method, outcomes);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  read(): RequestCount[] {
    return [...this.#counts].flatMap(([method, outcomes]) =>
      [...outcomes].map(([outcome, count]) => ({ method, outcome, count })),
    );
  }
}
