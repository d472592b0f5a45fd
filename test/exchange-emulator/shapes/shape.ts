/** What an answer may consist of: names of fields and the JSON type of each. A field may be missing, and none be added. */

type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

export type Shape =
  | { readonly kinds: readonly Kind[] }
  | { readonly list: Shape }
  | { readonly tuple: readonly Shape[] }
  /** An object whose keys are data, as coins are. */
  | { readonly values: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

export const text: Shape = { kinds: ['string'] };
export const number: Shape = { kinds: ['number'] };
export const flag: Shape = { kinds: ['boolean'] };
export const kinds = (...all: readonly Kind[]): Shape => ({ kinds: all });
export const list = (of: Shape): Shape => ({ list: of });
export const values = (of: Shape): Shape => ({ values: of });
export const tuple = (...of: readonly Shape[]): Shape => ({ tuple: of });

interface Named {
  /** Names of fields, with spaces between. */
  readonly text?: string;
  readonly number?: string;
  readonly flag?: string;
  readonly of?: Readonly<Record<string, Shape>>;
}

export function fields(named: Named): Shape {
  const all = (names: string | undefined, shape: Shape) =>
    (names ?? '')
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => [name, shape] as const);
  return {
    fields: {
      ...Object.fromEntries([
        ...all(named.text, text),
        ...all(named.number, number),
        ...all(named.flag, flag),
      ]),
      ...named.of,
    },
  };
}

/** Both kinds of fields in one object. */
export function joined(...shapes: readonly Shape[]): Shape {
  const each = shapes.map((shape) => ('fields' in shape ? shape.fields : {}));
  return { fields: Object.assign({}, ...each) };
}

/** Where the value is not as the documents have it, each once however many items show it. */
export function differences(shape: Shape, value: unknown, path: string): string[] {
  return [...new Set(differ(shape, value, path))];
}

function differ(shape: Shape, value: unknown, path: string): string[] {
  if ('kinds' in shape) {
    const kind = kindOf(value);
    return shape.kinds.includes(kind) ? [] : [`${path} is ${kind}, not ${shape.kinds.join(' or ')}`];
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) return [`${path} is ${kindOf(value)}, not a list`];
    return value.flatMap((item: unknown) => differ(shape.list, item, `${path}[]`));
  }
  if ('tuple' in shape) {
    if (!Array.isArray(value) || value.length !== shape.tuple.length)
      return [`${path} is no row of ${shape.tuple.length}`];
    return shape.tuple.flatMap((item, i) => differ(item, value[i], `${path}[${i}]`));
  }
  if (kindOf(value) !== 'object') return [`${path} is ${kindOf(value)}, not an object`];
  return Object.entries(Object(value)).flatMap(([name, inner]: [string, unknown]) => {
    const known = 'values' in shape ? shape.values : shape.fields[name];
    return known === undefined
      ? [`${path}.${name} is in no document`]
      : differ(known, inner, `${path}.${name}`);
  });
}

/** What the shape has and the value lacks, or has of another type; a list that is empty shows nothing. */
export function lacking(shape: Shape, value: unknown, path: string): string[] {
  if ('list' in shape) {
    if (!Array.isArray(value)) return [`${path} is ${kindOf(value)}, not a list`];
    if (value.length === 0) return [`${path} is empty`];
    return [...new Set(value.flatMap((item: unknown) => lacking(shape.list, item, `${path}[]`)))];
  }
  if (!('fields' in shape)) return differ(shape, value, path);
  if (kindOf(value) !== 'object') return [`${path} is ${kindOf(value)}, not an object`];
  const all = new Map<string, unknown>(Object.entries(Object(value)));
  return Object.entries(shape.fields).flatMap(([name, inner]) =>
    all.has(name) ? lacking(inner, all.get(name), `${path}.${name}`) : [`${path}.${name} is missing`],
  );
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  if (kind === 'string' || kind === 'number' || kind === 'boolean') return kind;
  return 'object';
}
