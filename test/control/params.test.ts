/** Bad parameters of every method, made from its own schema: each is refused, by its name, and nothing happens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { METHODS, type MethodName, type ParamsOf } from '../../src/protocol/methods.ts';
import type { Answer } from './asker.ts';
import { Stage, startParams } from './scenes.ts';

type Required = {
  readonly [M in MethodName as Record<string, never> extends ParamsOf<M> ? never : M]: ParamsOf<M>;
};

/** What those methods need that take no empty parameters. Exhaustive: one without an entry does not compile. */
const REQUIRED: Required = {
  'engine.start': startParams('box'),
  'engine.emergencyStop': { reason: 'drill' },
  'engine.reset': { reason: 'drill' },
  'orders.cancel': { orderId: 1 },
  'reconcile.adopt': { symbol: 'AAAUSDT' },
  'reconcile.ignore': { symbol: 'AAAUSDT' },
  'candles.list': { symbol: 'AAAUSDT' },
  'presets.get': { name: 'box' },
  'events.unsubscribe': { subscription: 99 },
  'logs.setLevel': { level: 'info' },
};

/** Where one of two must be given, and a wrong one is to be the only thing that is wrong. */
const ALTERNATIVES: readonly MethodName[] = ['positions.close', 'presets.validate'];

type Schema = Exclude<z.core.JSONSchema.JSONSchema, boolean>;

/** A value and the parameter that it is wrong for. */
interface Bad {
  readonly name: string;
  readonly value: unknown;
}

const VALUES: readonly { readonly type: string; readonly value: unknown }[] = [
  { type: 'null', value: null },
  { type: 'boolean', value: true },
  { type: 'integer', value: 7 },
  { type: 'number', value: 7.5 },
  { type: 'string', value: '\u0007 no such \u0007' },
  { type: 'array', value: [{}] },
  { type: 'object', value: { nonsense: 1 } },
];

/** A schema that is not just `true` or `false`. */
function schemaOf(value: Schema | boolean): Schema {
  assert.ok(typeof value !== 'boolean');
  return value;
}

/** The types that a schema takes; null when it takes any. */
function typesOf(schema: Schema): ReadonlySet<string> | null {
  if (schema.anyOf) {
    const all = schema.anyOf.map((each) => typesOf(schemaOf(each)));
    return all.includes(null) ? null : new Set(all.flatMap((types) => [...(types ?? [])]));
  }
  if (schema.const !== undefined) return new Set([typeof schema.const]);
  if (schema.type === undefined) return null;
  // What a whole number may be, a fraction need not; what a fraction may be, a whole number may.
  return new Set(schema.type === 'number' ? ['number', 'integer'] : [schema.type].flat());
}

function badValues(name: string, schema: Schema): Bad[] {
  const types = typesOf(schema);
  if (types === null) return [];
  const bad = VALUES.filter(({ type }) => !types.has(type)).map(({ value }) => ({ name, value }));
  if (schema.enum) bad.push({ name, value: 'no such' });
  if (schema.minimum !== undefined) bad.push({ name, value: schema.minimum - 1 });
  if (schema.maximum !== undefined) bad.push({ name, value: schema.maximum + 1 });
  if (schema.minLength !== undefined) bad.push({ name, value: 'x'.repeat(schema.minLength - 1) });
  if (schema.maxLength !== undefined) bad.push({ name, value: 'x'.repeat(schema.maxLength + 1) });
  if (schema.pattern !== undefined) bad.push({ name, value: '\u0007' });
  if (schema.minItems !== undefined) bad.push({ name, value: [] });
  return bad;
}

for (const [method, entry] of Object.entries(METHODS)) {
  if (!isMethod(method)) continue;
  const schema = z.toJSONSchema(entry.params, { io: 'input', unrepresentable: 'any' });
  const base: Readonly<Record<string, unknown>> = isRequired(method) ? { ...REQUIRED[method] } : {};

  test(`${method} refuses wrong parameters by name, and does nothing`, async (t) => {
    const { ann, host } = await Stage.open(t);
    const refuses = async (params: unknown, named: string): Promise<void> => {
      const answer: Answer = await ann.ask(method, params);
      const said = `${JSON.stringify(params)}: ${answer.outcome} ${answer.message}`;
      assert.equal(answer.outcome, 'INVALID_PARAMS', said);
      assert.equal(answer.httpStatus, 400);
      assert.ok(
        answer.message.startsWith(`${method}: `) && answer.problems.some((p) => p.includes(named)),
        said,
      );
      assert.ok(answer.message.length < 5_000, 'what was sent is not sent back at length');
    };
    const others = ALTERNATIVES.includes(method) ? {} : base;
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      for (const { value } of badValues(name, schemaOf(property)))
        await refuses({ ...others, [name]: value }, name);
    }
    for (const name of schema.required ?? []) {
      const { [name]: _, ...rest } = base;
      await refuses(rest, name);
    }
    if (schema.additionalProperties === false) {
      await refuses({ ...base, nonsense: 1 }, 'nonsense');
      // As text: an object of ours would take it as its prototype.
      await refuses(
        JSON.parse(JSON.stringify(base).replace('{', '{"constructor":1,').replace(',}', '}')),
        'constructor',
      );
    } else {
      // What a newer client says of itself must not keep it from finding out that the daemon is older.
      assert.equal(method, 'daemon.hello');
      assert.equal((await ann.ask(method, { nonsense: 1 })).outcome, 'ok');
    }
    await refuses([base], 'expected object');
    assert.equal(host.events.seq, 0, 'nothing has happened');
  });
}

test('a choice of two parameters is refused when both are given, or neither', async (t) => {
  const { ann } = await Stage.open(t);
  for (const [method, both] of [
    ['positions.close', { symbol: 'AAAUSDT', tradeId: 1 }],
    ['presets.validate', { preset: {}, text: '{}' }],
  ] as const) {
    for (const params of [{}, both]) {
      const { outcome, message } = await ann.ask(method, params);
      assert.equal(outcome, 'INVALID_PARAMS');
      for (const name of Object.keys(both)) assert.ok(message.includes(name), message);
    }
  }
  const prices = await ann.ask('events.subscribe', { symbols: ['AAAUSDT'] });
  assert.match(prices.message, /symbols: .*price/);
});

function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

function isRequired(name: MethodName): name is keyof Required {
  return Object.hasOwn(REQUIRED, name);
}
