import type { ResourceHealth } from '../protocol/health-view.ts';

type Verdict = Pick<ResourceHealth, 'status' | 'issues'>;

export interface HealthChange extends Verdict {
  readonly was: ResourceHealth['status'];
}

/**
 * From verdicts that come steadily to the changes worth telling: one that has come twice in a row and has another
 * status, or other issues, than the one told last. A figure that dances on its threshold tells nothing.
 */
export class HealthChanges {
  #told: Verdict = { status: 'healthy', issues: [] };
  #last = keyOf(this.#told);

  /** @returns what is to be told, or null. */
  look({ status, issues }: Verdict): HealthChange | null {
    const key = keyOf({ status, issues });
    const steady = key === this.#last;
    this.#last = key;
    if (!steady || key === keyOf(this.#told)) return null;
    const was = this.#told.status;
    this.#told = { status, issues };
    return { status, was, issues };
  }
}

function keyOf({ status, issues }: Verdict): string {
  const found = issues.map(({ code, severity }) => `${code}:${severity}`).sort();
  return [status, ...found].join();
}
