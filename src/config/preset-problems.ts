/** Turns what the schema finds wrong into lines that name the place, the value found and what is allowed. */
import { z } from 'zod';
import { type Preset, presetSchema } from './preset.ts';

export interface PresetProblem {
  /** Path within the preset, e.g. `risk.risk_per_trade`; empty for the whole. */
  readonly path: string;
  /** The value there as JSON, or `nothing`. */
  readonly found: string;
  /** What may stand there, in words. */
  readonly allowed: string;
}

/** The part of JSON Schema that `presetSchema` makes use of. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Long values are cut: a problem is one line. */
const MAX_FOUND = 80;

/** The JSON schema of a preset file: editors complete and check by it, messages take their ranges from it. */
export function presetJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(presetSchema, { io: 'input' }), title: 'A preset of breakout' };
}

/** Checks a parsed preset file; all problems at once. */
export function checkPreset(value: unknown): { preset: Preset } | { problems: readonly PresetProblem[] } {
  const checked = presetSchema.safeParse(value, { reportInput: true });
  if (checked.success) return { preset: checked.data };
  const root: SchemaNode = presetJsonSchema();
  return { problems: checked.error.issues.flatMap((issue) => problemsOf(issue, value, root)) };
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown, root: SchemaNode): PresetProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(nodeAt(root, path)?.properties ?? {}).filter((key) => key !== '$schema');
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      found: 'an unknown key',
      allowed: `${nearest(key, known)}one of ${known.join(', ')}`,
    }));
  }
  const node = nodeAt(root, path);
  const rule = issue.code === 'custom' || issue.code === 'invalid_format' ? `${issue.message}: ` : '';
  const allowed = node ? `${rule}${describe(node)}` : issue.message;
  return [{ path: path.join('.'), found: show(valueAt(value, path)), allowed }];
}

export function problemLine(file: string, problem: PresetProblem): string {
  const where = problem.path === '' ? file : `${file}: ${problem.path}`;
  return `${where}: found ${problem.found}, allowed: ${problem.allowed}`;
}

function nodeAt(root: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const key of path) {
    const object: SchemaNode | undefined = node && objectOf(node);
    node = object?.properties?.[key] ?? object?.items;
  }
  return node && objectOf(node);
}

/** Of "an object or null" the object. */
function objectOf(node: SchemaNode): SchemaNode {
  return node.anyOf?.find((option) => option.properties ?? option.items) ?? node;
}

function describe(node: SchemaNode): string {
  if (node.enum) return node.enum.map((option) => JSON.stringify(option)).join(' or ');
  if (node.anyOf) return node.anyOf.map(describe).join(' or ');
  const types = typeof node.type === 'string' ? [node.type] : (node.type ?? []);
  return types.map((type) => describeType(type, node)).join(' or ') || 'another value';
}

function describeType(type: string, node: SchemaNode): string {
  switch (type) {
    case 'number':
      return `a number${range(node)}`;
    case 'integer':
      return `a whole number${range(node)}${node.multipleOf ? `, a multiple of ${node.multipleOf}` : ''}`;
    case 'string':
      return node.pattern
        ? `a text that matches ${node.pattern}`
        : `a text of up to ${node.maxLength ?? 'any'} characters`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list${node.maxItems === undefined ? '' : ` of up to ${node.maxItems}`}`;
    case 'object':
      return 'an object';
    default:
      return type;
  }
}

function range(node: SchemaNode): string {
  if (node.minimum !== undefined && node.maximum !== undefined)
    return ` from ${node.minimum} to ${node.maximum}`;
  if (node.minimum !== undefined) return ` of at least ${node.minimum}`;
  return node.maximum === undefined ? '' : ` of at most ${node.maximum}`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  let text: string;
  try {
    // JSON.parse reads any depth, JSON.stringify does not write it.
    text = JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return Array.isArray(value) ? 'a deeply nested list' : 'a deeply nested object';
  }
  return text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
}

/** A hint for a mistyped key: the known one within two edits. */
function nearest(key: string, known: readonly string[]): string {
  const close = known.find((name) => edits(key, name) <= 2);
  return close === undefined ? '' : `${close}? or `;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, left] of [...a].entries()) {
    const row = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const substitute = (previous[j] ?? 0) + (left === right ? 0 : 1);
      row.push(Math.min(substitute, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
