/**
 * Regions as they were last made. Making one notes which parts of the state were looked at; for as long as these, and
 * what else it was made of, are the same objects, the region is the same object too, and costs nothing. So no pane has
 * to say what it reads, and none can forget to.
 */
import type { ViewState } from '../store/state.ts';
import { type Region, sameRegion } from './region.ts';

interface Known {
  readonly region: Region;
  readonly inputs: readonly unknown[];
  readonly looked: Looked;
}

/** What was looked at, and what was found there. */
interface Looked {
  readonly state: Map<PropertyKey, unknown>;
  readonly reads: Map<PropertyKey, unknown>;
}

export class Remembered {
  readonly #known = new Map<string, Known>();

  /**
   * @param inputs whatever else `make` depends on.
   * @param make must look at no state but what it is given.
   */
  region(
    id: string,
    inputs: readonly unknown[],
    state: ViewState,
    make: (state: ViewState) => Region,
  ): Region {
    const known = this.#known.get(id);
    if (known !== undefined && sameItems(known.inputs, inputs) && holds(known.looked, state))
      return known.region;
    const looked: Looked = { state: new Map(), reads: new Map() };
    const made = make(watched(state, looked));
    // Other figures may well make the same text.
    const region = known !== undefined && sameRegion(known.region, made) ? known.region : made;
    this.#known.set(id, { region, inputs, looked });
    return region;
  }
}

function watched(state: ViewState, looked: Looked): ViewState {
  const reads = noting(state.reads, looked.reads, () => looked.state.set('reads', state.reads));
  return new Proxy(state, {
    get(of, key) {
      // Which of the reads is noted by itself.
      if (key === 'reads') return reads;
      const found: unknown = Reflect.get(of, key);
      looked.state.set(key, found);
      return found;
    },
  });
}

/** @param whole is called when it is asked which there are: then all of it counts. */
function noting<T extends object>(of: T, looked: Map<PropertyKey, unknown>, whole: () => void): T {
  return new Proxy(of, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      looked.set(key, found);
      return found;
    },
    ownKeys(target) {
      whole();
      return Reflect.ownKeys(target);
    },
    has(target, key) {
      whole();
      return Reflect.has(target, key);
    },
  });
}

function holds({ state: looked, reads }: Looked, state: ViewState): boolean {
  for (const [key, found] of looked) if (!Object.is(Reflect.get(state, key), found)) return false;
  for (const [key, found] of reads) if (!Object.is(Reflect.get(state.reads, key), found)) return false;
  return true;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}
