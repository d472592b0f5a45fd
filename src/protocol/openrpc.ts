/**
 * The method table as an OpenRPC document (https://spec.open-rpc.org), made from the same schemas that check what
 * comes over the wire. Schemas are JSON Schema draft 7, as OpenRPC has it. What the table says beyond OpenRPC is in
 * `x-` members: `x-since` of a method (the protocol version that brought it), `x-notifications` (what the
 * daemon sends unasked).
 */
import { z } from 'zod';
import { type AppErrorCode, ERRORS } from './errors.ts';
import { eventNotification, laggedNotification, pricesNotification } from './events.ts';
import type { MethodEntry } from './methods/entry.ts';
import { METHODS } from './methods.ts';
import { PROTOCOL, type ProtocolRange } from './version.ts';

/** The newest version that the published meta-schema knows. */
const OPENRPC = '1.3.2';

/** May come from any method. */
const COMMON_ERRORS = [
  'INVALID_PARAMS',
  'INTERNAL',
  'RATE_LIMITED',
  'SHUTTING_DOWN',
  'RECOVERING',
] as const satisfies readonly AppErrorCode[];

/** Draft 7 as zod makes it: members of any name. */
type JsonSchema = Readonly<Record<string, unknown>>;

interface ContentDescriptor {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: string; readonly httpStatus: number; readonly retryable: boolean };
}

interface Reference {
  readonly $ref: string;
}

// A type and not an interface, here and below: only so is it a result of the wire, which has members of any name.
type MethodObject = {
  readonly name: string;
  readonly summary: string;
  readonly tags: readonly Reference[];
  readonly paramStructure: 'by-name';
  readonly params: readonly ContentDescriptor[];
  readonly result: ContentDescriptor;
  readonly errors: readonly Reference[];
  readonly 'x-since': number;
};

export type OpenRpcDocument = {
  readonly openrpc: string;
  readonly info: { readonly title: string; readonly description: string; readonly version: string };
  readonly methods: readonly MethodObject[];
  readonly components: {
    readonly tags: Readonly<Record<string, { readonly name: string; readonly description: string }>>;
    readonly errors: Readonly<Record<string, ErrorObject>>;
  };
  readonly 'x-protocol': ProtocolRange;
  readonly 'x-notifications': readonly Omit<MethodObject, 'result' | 'errors' | 'tags' | 'x-since'>[];
};

/** @param version of the program that serves the table. */
export function openRpcDocument(version: string): OpenRpcDocument {
  const entries: readonly (readonly [string, MethodEntry])[] = Object.entries(METHODS);
  return {
    openrpc: OPENRPC,
    info: {
      title: 'breakout control protocol',
      description:
        'JSON-RPC 2.0 over a Unix stream socket, one object (or batch) per line in UTF-8. Parameters go by name.',
      version,
    },
    methods: entries.map(([name, entry]) => methodObject(name, entry)),
    components: {
      tags: {
        read: { name: 'read', description: 'Changes nothing' },
        control: { name: 'control', description: 'Acts on the engine or the daemon' },
      },
      errors: Object.fromEntries(
        Object.entries(ERRORS).map(([code, { rpc, hint, httpStatus, retryable }]) => [
          code,
          { code: rpc, message: hint, data: { code, httpStatus, retryable } },
        ]),
      ),
    },
    'x-protocol': PROTOCOL,
    'x-notifications': [
      notification('event', 'Something happened, to a subscriber', eventNotification),
      notification('prices', 'The newest prices, to a subscriber that asked for them', pricesNotification),
      notification('events.lagged', 'A subscriber fell behind: its subscription is over', laggedNotification),
    ],
  };
}

function methodObject(name: string, entry: MethodEntry): MethodObject {
  const codes = [...entry.errors, ...COMMON_ERRORS.filter((code) => !entry.errors.includes(code))];
  return {
    name,
    summary: entry.summary,
    tags: [{ $ref: `#/components/tags/${entry.kind}` }],
    paramStructure: 'by-name',
    params: paramsOf(name, entry.params),
    result: { name: 'result', schema: jsonSchema(entry.result, 'output') },
    errors: codes.map((code) => ({ $ref: `#/components/errors/${code}` })),
    'x-since': entry.since,
  };
}

function notification(
  name: string,
  summary: string,
  params: z.ZodType,
): OpenRpcDocument['x-notifications'][0] {
  return { name, summary, paramStructure: 'by-name', params: paramsOf(name, params) };
}

/** Each member of the parameter object as a descriptor of its own: those that must be given first. */
function paramsOf(method: string, params: z.ZodType): ContentDescriptor[] {
  const { properties, required } = paramObject.parse(jsonSchema(params, 'input'), {
    error: () => `the parameters of ${method} are no plain object`,
  });
  const descriptors = Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema;
    return {
      name,
      ...(typeof description === 'string' && { description }),
      required: required.includes(name),
      schema: rest,
    };
  });
  return [...descriptors.filter((each) => each.required), ...descriptors.filter((each) => !each.required)];
}

const paramObject = z.object({
  type: z.literal('object'),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

/** Of those that draft 7 names, the ones in use: zod writes names of its own (`starts_with`) beside their pattern. */
const FORMATS: ReadonlySet<string> = new Set(['date', 'date-time']);

/** `input`: what a caller may send, so that defaults may be left out; `output`: what a caller gets. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const {
    $schema: _,
    '~standard': __,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema: made }) => {
      if (made.format !== undefined && !FORMATS.has(made.format)) delete made.format;
    },
  });
  return rest;
}
