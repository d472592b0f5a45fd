/** Reads the parameters of a request: a query string or a JSON body. What is amiss is refused. */
import type Big from 'big.js';
import type { Category } from '../core/instrument.ts';
import { Refusal } from '../core/refusal.ts';
import { parseDecimal } from '../decimal.ts';

export class Params {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  static ofQuery(query: string): Params {
    return new Params(new Map(new URLSearchParams(query)));
  }

  /** @throws Refusal when the body is no JSON object. */
  static ofBody(body: string): Params {
    const parsed: unknown = body === '' ? {} : parse(body);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw new Refusal('bad-parameter', 'params error: a JSON object is wanted');
    return new Params(
      new Map(
        Object.entries(parsed)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
      ),
    );
  }

  /** An empty text counts as none. */
  text(name: string): string | null {
    const value = this.#values.get(name);
    return value === undefined || value === '' ? null : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) throw new Refusal('bad-parameter', `params error: ${name} is required`);
    return value;
  }

  decimal(name: string): Big | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = parseDecimal(text);
    if (value === null) throw new Refusal('bad-parameter', `params error: ${name} invalid`);
    return value;
  }

  whole(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!/^\d{1,16}$/.test(text)) throw new Refusal('bad-parameter', `params error: ${name} invalid`);
    return Number(text);
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  category(): Category {
    const value = this.required('category');
    if (value !== 'spot' && value !== 'linear')
      throw new Refusal('bad-parameter', 'params error: Category is invalid');
    return value;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal('bad-parameter', 'params error: the body is no JSON');
  }
}
