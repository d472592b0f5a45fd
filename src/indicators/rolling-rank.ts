import type { Archive } from '../archive/archive.ts';
import { floatAt, intAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/** No child. Nodes are the ring's slots plus one, so that this one's size can be a plain 0. */
const NONE = 0;

/**
 * Rank of the newest value among the last `window` ones (`window` >= 2, itself included), as a share in
 * [0, 1]: (values below it + half of the other values equal to it) / (window - 1). 0: alone at the bottom;
 * 1: alone at the top; 0.5: all equal. Ready at the `window`-th value.
 *
 * The values lie in a treap whose nodes know the size of their subtree; equal values lie in the order they
 * came, so the oldest one, which leaves, is the first of its equals. Priorities are a fixed scramble of the
 * slot, so the shape is the same in every run. O(log window) expected a push.
 */
export class RollingRank {
  private readonly window: number;
  private readonly values: Float64Array;
  private readonly priority: Int32Array;
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly size: Int32Array;
  /** The nodes from the root down to the one put in last. */
  private readonly path: Int32Array;
  private root = NONE;
  private next = 1;
  private full = false;
  private current = Number.NaN;

  constructor(window: number) {
    this.window = requirePeriod('RollingRank', window, 2);
    this.values = new Float64Array(window + 1);
    this.priority = Int32Array.from({ length: window + 1 }, (_, i) => scramble(i));
    this.left = new Int32Array(window + 1);
    this.right = new Int32Array(window + 1);
    this.size = new Int32Array(window + 1);
    this.path = new Int32Array(window + 1);
    // Nothing looks below no node; if a search ever did, it ends in an error at once and not in a circle.
    this.left[NONE] = -1;
    this.right[NONE] = -1;
  }

  get ready(): boolean {
    return this.full;
  }

  /** A share in [0, 1]; NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(x: number): void {
    requireFinite('RollingRank', x);
    const node = this.next;
    if (this.full) this.remove(node);
    const twiceRank = this.insert(node, x);
    if (node === this.window) {
      this.next = 1;
      this.full = true;
    } else {
      this.next = node + 1;
    }
    if (this.full) this.current = twiceRank / (2 * (this.window - 1));
  }

  /** Puts `node` in after its equals; returns 2 * (values below x) + (values equal to x, without itself). */
  private insert(node: number, x: number): number {
    const { values, left, right, size, path, priority } = this;
    let below = 0;
    let notAbove = 0;
    let depth = 0;
    let equal = NONE;
    let current = this.root;
    while (current !== NONE) {
      path[depth] = current;
      depth += 1;
      size[current] = intAt(size, current) + 1;
      const value = floatAt(values, current);
      if (x < value) {
        current = intAt(left, current);
      } else {
        if (x === value && equal === NONE) {
          equal = current;
          below = notAbove;
        }
        notAbove += intAt(size, intAt(left, current)) + 1;
        current = intAt(right, current);
      }
    }
    // The first equal met is above all the others: what lies below x beyond this point is in its left part.
    below = equal === NONE ? notAbove : below + this.countBelow(intAt(left, equal), x);

    values[node] = x;
    left[node] = NONE;
    right[node] = NONE;
    size[node] = 1;
    const rank = intAt(priority, node);
    // Up past every ancestor of a lower priority; fewer than two on average.
    while (depth > 0) {
      const parent = intAt(path, depth - 1);
      if (intAt(priority, parent) >= rank) break;
      depth -= 1;
      const inner = intAt(size, parent);
      if (x < floatAt(values, parent)) {
        const moved = intAt(right, node);
        left[parent] = moved;
        right[node] = parent;
        size[parent] = inner - intAt(size, node) + intAt(size, moved);
      } else {
        const moved = intAt(left, node);
        right[parent] = moved;
        left[node] = parent;
        size[parent] = inner - intAt(size, node) + intAt(size, moved);
      }
      size[node] = inner;
    }
    if (depth === 0) this.root = node;
    else this.link(intAt(path, depth - 1), x < floatAt(values, intAt(path, depth - 1)), node);
    return below + notAbove;
  }

  /** Takes out the oldest value's node; of equal values it is the leftmost, so an equal elsewhere is to its right. */
  private remove(node: number): void {
    const { values, left, right, size, priority } = this;
    const x = floatAt(values, node);
    let parent = NONE;
    let goLeft = false;
    let current = this.root;
    while (current !== node) {
      size[current] = intAt(size, current) - 1;
      parent = current;
      goLeft = x <= floatAt(values, current);
      current = goLeft ? intAt(left, current) : intAt(right, current);
    }
    // Join both parts below it, the higher priority first.
    let a = intAt(left, node);
    let b = intAt(right, node);
    while (a !== NONE && b !== NONE) {
      const takeA = intAt(priority, a) > intAt(priority, b);
      const top = takeA ? a : b;
      size[top] = intAt(size, a) + intAt(size, b);
      this.link(parent, goLeft, top);
      parent = top;
      goLeft = !takeA;
      if (takeA) a = intAt(right, a);
      else b = intAt(left, b);
    }
    this.link(parent, goLeft, a === NONE ? b : a);
  }

  private link(parent: number, onLeft: boolean, node: number): void {
    if (parent === NONE) this.root = node;
    else if (onLeft) this.left[parent] = node;
    else this.right[parent] = node;
  }

  private countBelow(from: number, x: number): number {
    const { values, left, right, size } = this;
    let count = 0;
    let current = from;
    while (current !== NONE) {
      if (floatAt(values, current) < x) {
        count += intAt(size, intAt(left, current)) + 1;
        current = intAt(right, current);
      } else {
        current = intAt(left, current);
      }
    }
    return count;
  }

  archive(a: Archive): void {
    a.section('RollingRank');
    a.column(this.values);
    a.column(this.left);
    a.column(this.right);
    a.column(this.size);
    this.root = a.number(this.root);
    this.next = a.number(this.next);
    this.full = a.flag(this.full);
    this.current = a.number(this.current);
  }
}

/** The finaliser of MurmurHash3 (32 bits): neighbouring numbers come out far apart. */
function scramble(n: number): number {
  let h = n + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
