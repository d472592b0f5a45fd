import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { connect } from '../../src/protocol/client.ts';
import { ERRORS } from '../../src/protocol/errors.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { openRpcDocument } from '../../src/protocol/openrpc.ts';
import { onEnd, RawConnection, serve } from '../daemon/support.ts';

const document = openRpcDocument('1.2.3');

const require = createRequire(import.meta.url);

/** Formats of the meta-schemas, and of zod, which writes a pattern beside each. */
const FORMATS = { uri: true, regex: true, 'uri-reference': true, date: true, 'date-time': true } as const;

/** The published meta-schema, and under the address that it refers to, that of JSON Schema. */
function metaSchema(): ValidateFunction {
  // Both name themselves as the schema that they follow: that is draft 7, and ajv knows it by another name.
  const bare = ({ $schema: _, ...schema }: AnySchemaObject): AnySchemaObject => schema;
  const openRpc: { default: AnySchemaObject } = require('@open-rpc/meta-schema');
  const jsonSchema: { default: AnySchemaObject } = require('@json-schema-tools/meta-schema');
  const ajv = new Ajv({ strict: false, formats: FORMATS });
  ajv.addSchema(bare(jsonSchema.default), 'https://meta.json-schema.tools');
  return ajv.compile(bare(openRpc.default));
}

function refusals(validate: ValidateFunction, value: unknown): unknown {
  return validate(value) ? null : validate.errors;
}

test('the discovery document is valid by the meta-schema of OpenRPC, so generators of clients can read it', () => {
  const validate = metaSchema();
  const wire = JSON.parse(JSON.stringify(document));
  assert.equal(refusals(validate, wire), null);
  // The check bites: what OpenRPC does not allow is found.
  assert.notEqual(refusals(validate, { ...wire, surprise: 1 }), null);
  const [first, ...others] = wire.methods;
  assert.notEqual(refusals(validate, { ...wire, methods: [{ ...first, params: [{}] }, ...others] }), null);
  const badSchema = { name: 'a', schema: { type: 'strnig' } };
  assert.notEqual(refusals(validate, { ...wire, methods: [{ ...first, params: [badSchema] }] }), null);
});

test('every method of the table is in it once, with its errors, and every reference leads somewhere', () => {
  assert.deepEqual(
    document.methods.map(({ name }) => name),
    Object.keys(METHODS),
  );
  for (const [name, entry] of Object.entries(METHODS)) {
    const method = document.methods.find((each) => each.name === name);
    const errors = method?.errors.map(({ $ref }) => $ref.replace('#/components/errors/', '')) ?? [];
    for (const code of entry.errors) assert.ok(errors.includes(code), `${name}: ${code}`);
    assert.ok(errors.includes('INVALID_PARAMS'), name);
    assert.equal(new Set(errors).size, errors.length, name);
    for (const code of errors) assert.ok(code in document.components.errors, `${name}: ${code}`);
    assert.deepEqual(method?.tags, [{ $ref: `#/components/tags/${entry.kind}` }], name);
    assert.ok(entry.kind in document.components.tags);
  }
  for (const [code, { rpc }] of Object.entries(ERRORS)) {
    assert.equal(document.components.errors[code]?.code, rpc, code);
  }
});

test('what a script must give is required, what it may leave out is not, and defaults are told', () => {
  const start = document.methods.find(({ name }) => name === 'engine.start');
  const byName = new Map(start?.params.map((param) => [param.name, param]));
  assert.equal(start?.params[0]?.name, 'preset', 'what is required comes first');
  assert.equal(byName.get('preset')?.required, true);
  assert.equal(byName.get('equity')?.required, false);
  assert.equal(byName.get('equity')?.schema.default, '10000');
  assert.deepEqual(byName.get('mode')?.schema.enum, ['paper', 'live']);
  assert.deepEqual(document.methods.find(({ name }) => name === 'engine.status')?.params, []);
});

test('a client that checks with the schemas of the document agrees with the daemon', async (t) => {
  const ajv = new Ajv({ strict: false, formats: FORMATS });
  for (const method of document.methods) {
    for (const { name, schema } of [...method.params, method.result]) {
      assert.doesNotThrow(() => ajv.compile({ ...schema }), `${method.name}: ${name}`);
    }
  }
  for (const { name, params } of document['x-notifications']) {
    for (const { schema } of params) assert.doesNotThrow(() => ajv.compile({ ...schema }), name);
  }
  const client = await connect({ socketPath: (await serve(t)).socketPath });
  onEnd(t, () => client.close());
  for (const name of ['engine.status', 'engine.metrics', 'daemon.info', 'presets.list'] as const) {
    const schema = document.methods.find((each) => each.name === name)?.result.schema;
    const result = JSON.parse(JSON.stringify(await client.call(name)));
    assert.equal(refusals(ajv.compile({ ...schema }), result), null, name);
  }
});

test('rpc.discover answers with the document, the same each time, and takes no parameters', async (t) => {
  const { socketPath } = await serve(t);
  const client = await connect({ socketPath });
  onEnd(t, () => client.close());
  const first = await client.call('rpc.discover');
  assert.equal(first.openrpc, document.openrpc);
  assert.deepEqual(
    first.methods.map(({ name }) => name),
    document.methods.map(({ name }) => name),
  );
  assert.deepEqual(await client.call('rpc.discover'), first);
  const raw = await RawConnection.open(t, socketPath);
  const refused = await raw.ask({ jsonrpc: '2.0', id: 1, method: 'rpc.discover', params: { verbose: true } });
  assert.match(JSON.stringify(refused), /INVALID_PARAMS/);
});
