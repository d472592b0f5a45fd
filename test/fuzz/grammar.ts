/** Hostile lines: what a broken, careless or malicious client may send, from the method table and beyond it. */
import fc from 'fast-check';
import { z } from 'zod';
import { METHOD_NAMES } from '../../src/daemon/dispatcher.ts';
import { METHODS } from '../../src/protocol/methods.ts';

/** The part of a JSON schema that values are made from. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Numbers as JSON may write them, whatever becomes of them. */
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '0.5',
  '1e3',
  '1e308',
  '1e309',
  '-1e309',
  '1e-400',
  '9007199254740993',
  '2147483648',
  '-2147483649',
  '4294967296',
  '1.7976931348623157e308',
  '123456789012345678901234567890',
  '0.1E+2',
  `1${'0'.repeat(400)}`,
  `0.${'0'.repeat(400)}1`,
  '01',
  '1.',
  '.5',
  '+1',
  '0x10',
  'NaN',
  'Infinity',
  '1_000',
]; // prettier-ignore

const WORDS = ['null', 'true', 'false', 'undefined', 'nul', 'True', '{}', '[]', '""', '{', '}', '[', ']', ''];

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '',
  '\u0000',
];

const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    'sim',
    'paper',
    'breakout_v1',
    'BTC/USDT',
    'NO/SUCH',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    'a\u0000b',
  ),
  fc.constantFrom('../../etc/passwd', '%s%n', '\u001b[2J', "'; drop table", '😀'.repeat(40)),
);

/** Any JSON, and things that only look like it. */
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 3, arbitrary: texts.map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 20, max: 60 }).map((depth) => nested(depth)) },
);

function nested(depth: number): string {
  return `${'[{"a":'.repeat(depth >> 1)}0${'}]'.repeat(depth >> 1)}`;
}

/** A value that fits the schema, as text. */
function fitting(schema: Schema): fc.Arbitrary<string> {
  if (schema.const !== undefined) return fc.constant(JSON.stringify(schema.const));
  if (schema.enum) return fc.constantFrom(...schema.enum.map((one) => JSON.stringify(one)));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  switch (schema.type) {
    case 'integer': {
      const min = Math.max(schema.minimum ?? -5, -1e9);
      return fc
        .integer({ min, max: Math.max(min, Math.min(schema.maximum ?? min + 50, min + 50)) })
        .map(String);
    }
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: (schema.minimum ?? 0) + 9 }).map(String);
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'array':
      return fc
        .array(fitting(schema.items ?? {}), { minLength: 1, maxLength: 3 })
        .map((all) => `[${all.join(',')}]`);
    case 'object':
      return objectOf(schema.properties ?? {}, 0);
    case 'string':
      return texts.map((text) => JSON.stringify(text));
    default:
      return anything;
  }
}

/** An object of some of the properties; `wrong` of ten of its values fit their property only by chance. */
function objectOf(properties: Readonly<Record<string, Schema>>, wrong: number): fc.Arbitrary<string> {
  const members = Object.entries(properties).map(([key, schema]) =>
    fc.option(
      fc
        .oneof({ weight: 10 - wrong, arbitrary: fitting(schema) }, { weight: wrong, arbitrary: anything })
        .map((value) => `${JSON.stringify(key)}:${value}`),
      { nil: null, freq: 2 },
    ),
  );
  return fc.tuple(...members).map((all) => `{${all.filter((member) => member !== null).join(',')}}`);
}

const strangeMember = fc
  .tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 6 })), anything)
  .map(([key, value]) => `${JSON.stringify(key)}:${value}`);

/** The members of an object with another put somewhere among them, twice at times. */
function withMember(object: string, member: string, twice: boolean): string {
  const inside = object.slice(1, -1);
  return `{${[member, inside, twice ? member : ''].filter((part) => part !== '').join(',')}}`;
}

/** A method of the table with parameters that are its own, nearly its own, or nothing of the kind. */
const paramsOfTable = fc.oneof(
  ...METHOD_NAMES.map((name) => {
    const schema: Schema = JSON.parse(
      JSON.stringify(z.toJSONSchema(METHODS[name].params, { io: 'input', unrepresentable: 'any' })),
    );
    const properties = schema.properties ?? {};
    const own = fc.oneof(...[0, 0, 2, 5].map((wrong) => objectOf(properties, wrong)));
    const params = fc.oneof(
      { weight: 6, arbitrary: own },
      {
        weight: 2,
        arbitrary: fc.tuple(own, strangeMember, fc.boolean()).map((parts) => withMember(...parts)),
      },
      { weight: 2, arbitrary: anything },
    );
    return params.map((text) => ({ method: JSON.stringify(name), params: text }));
  }),
);

const strangeMethods = fc.oneof(
  fc.constantFrom(
    ...KEYS,
    'rpc.',
    'rpc.on',
    'engine',
    'engine.',
    'Engine.Status',
    'engine.status ',
    ' engine.status',
  ),
  texts,
  fc.integer({ min: 200, max: 5_000 }).map((length) => 'm'.repeat(length)),
  fc.integer({ min: 190, max: 210 }).map((length) => `${'x'.repeat(length)}😀`),
);

const ids = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).map(String) },
  { weight: 3, arbitrary: fc.uuid().map((id) => JSON.stringify(id)) },
  { weight: 1, arbitrary: texts.map((id) => JSON.stringify(id)) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, ...WORDS) },
  { weight: 1, arbitrary: anything },
);

const members = (id: string | null, method: string, params: string | null): string[] => [
  '"jsonrpc":"2.0"',
  ...(id === null ? [] : [`"id":${id}`]),
  `"method":${method}`,
  ...(params === null ? [] : [`"params":${params}`]),
];

const known = fc
  .tuple(fc.option(ids, { freq: 6, nil: null }), paramsOfTable, fc.boolean())
  .map(
    ([id, { method, params }, bare]) =>
      `{${members(id, method, bare && params === '{}' ? null : params).join()}}`,
  );

const unknown = fc
  .tuple(fc.option(ids, { freq: 6, nil: null }), strangeMethods, fc.option(anything, { nil: null }))
  .map(([id, method, params]) => `{${members(id, JSON.stringify(method), params).join()}}`);

/** A request with its envelope spoilt: members wrong, missing, doubled or in another order. */
const misfit = fc
  .record({
    members: fc.shuffledSubarray(['jsonrpc', 'id', 'method', 'params', 'extra'], { minLength: 0 }),
    jsonrpc: fc.oneof(fc.constantFrom('"2.0"', '"1.0"', '2.0', '"2"'), anything),
    id: fc.oneof(ids, anything),
    method: fc.oneof(fc.constantFrom('"engine.status"', '"daemon.info"'), anything),
    params: fc.oneof(fc.constantFrom('{}', '[]', 'null'), anything),
    extra: anything,
    again: fc.boolean(),
  })
  .map(({ members: names, again, ...values }) => {
    const all = names.map((name) => `"${name}":${values[keyOf(name)]}`);
    return `{${[...all, ...(again ? all.slice(0, 1) : [])].join()}}`;
  });

type Member = 'jsonrpc' | 'id' | 'method' | 'params' | 'extra';
function keyOf(name: string): Member {
  return name === 'jsonrpc' || name === 'id' || name === 'method' || name === 'params' ? name : 'extra';
}

const requests = fc.oneof(
  { weight: 10, arbitrary: known },
  { weight: 2, arbitrary: unknown },
  { weight: 3, arbitrary: misfit },
);

const batchItem = fc.oneof(
  { weight: 8, arbitrary: requests },
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: fc.array(requests, { maxLength: 2 }).map((all) => `[${all.join()}]`) },
);
const batches = fc.oneof(
  { weight: 8, arbitrary: fc.array(batchItem, { maxLength: 5 }).map((all) => `[${all.join()}]`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(requests, fc.integer({ min: 31, max: 34 }))
      .map(([one, count]) => `[${Array.from({ length: count }, () => one).join()}]`),
  },
);

const deep = fc.oneof(
  fc
    .tuple(ids, fc.integer({ min: 28, max: 34 }))
    .map(
      ([id, depth]) =>
        `{${members(id, '"engine.status"', `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)}}`,
    ),
  fc.integer({ min: 100, max: 4_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 100, max: 4_000 }).map((depth) => '{"":'.repeat(depth)),
  fc.integer({ min: 40, max: 2_000 }).map(nested),
);

const long = fc
  .tuple(
    ids,
    fc.integer({ min: 1, max: 60_000 }),
    fc.constantFrom('engine.pause', 'presets.get', 'logs.tail'),
  )
  .map(
    ([id, length, method]) =>
      `{${members(id, JSON.stringify(method), `{"reason":"${'é'.repeat(length)}"}`)}}`,
  );

/** Bytes that no UTF-8 has, cut symbols, symbols written too long, halves of surrogates. */
const BAD_BYTES = [
  [0xff],
  [0xfe, 0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0xf5, 0x80, 0x80, 0x80],
  [0x80],
];

/** A line with some of its bytes taken out, put in or changed. */
const spoilt = fc
  .tuple(
    requests,
    fc.array(
      fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(...BAD_BYTES), fc.tuple(fc.nat(255)), fc.constant([]))),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, changes]) => {
    let bytes = Buffer.from(text);
    for (const [where, put] of changes) {
      const at = where % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + 1)]);
    }
    return bytes;
  });

const raw = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const spaced = fc
  .tuple(
    fc.stringMatching(/^[ \t\r]{0,4}$/),
    fc.oneof(requests, fc.constant('')),
    fc.stringMatching(/^[ \t\r]{0,4}$/),
  )
  .map((parts) => parts.join(''));

const asBytes = (texts: fc.Arbitrary<string>): fc.Arbitrary<Buffer> => texts.map((text) => Buffer.from(text));

/** One line without its end. A line feed in it would make two of it: it becomes a space. */
export const lines: fc.Arbitrary<Buffer> = fc
  .oneof(
    { weight: 40, arbitrary: asBytes(requests) },
    { weight: 10, arbitrary: asBytes(batches) },
    { weight: 15, arbitrary: spoilt },
    { weight: 8, arbitrary: raw },
    { weight: 6, arbitrary: asBytes(anything) },
    { weight: 5, arbitrary: asBytes(spaced) },
    { weight: 4, arbitrary: asBytes(deep) },
    { weight: 1, arbitrary: asBytes(long) },
  )
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x0a ? 0x20 : byte))));
