/** Turns what a schema finds wrong into problems that name the place, the value found and what is allowed. */
import { z } from 'zod';
import type { Problem } from './config-error.ts';
import { hideSecrets, looksSecret, SECRETS_BELONG } from './secret-names.ts';

/** The part of JSON Schema that the schemas of this folder make use of. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
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
  readonly propertyNames?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Long values are cut: a problem is one line. */
const MAX_FOUND = 80;

/** Nobody mends more at a time; a document of nothing but mistakes must not cost more than it is worth. */
export const MAX_PROBLEMS = 100;

/** The JSON schema of what a person writes: editors complete and check by it, messages take their ranges from it. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  const node: Record<string, unknown> = z.toJSONSchema(schema, { io: 'input' });
  return node;
}

/** Checks a parsed document: its value with every default filled in, or all problems at once. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { readonly value: z.output<S> } | { readonly problems: readonly Problem[] } {
  const checked = schema.safeParse(value, { reportInput: true });
  if (checked.success) return { value: checked.data };
  const root = schemaNode(schema);
  const groups = groupByPath(checked.error.issues).slice(0, MAX_PROBLEMS);
  const problems = groups.flatMap((issues) => problemsOf(issues, value, root));
  return { problems: problems.slice(0, MAX_PROBLEMS) };
}

/** A field may break its own rule and those that bind it to others: that is one problem, told once. */
function groupByPath(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[][] {
  const groups = new Map<string, z.core.$ZodIssue[]>();
  for (const issue of issues) {
    const key = JSON.stringify([issue.code === 'unrecognized_keys', ...issue.path.map(String)]);
    groups.set(key, [...(groups.get(key) ?? []), issue]);
  }
  return [...groups.values()];
}

function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown, root: SchemaNode): Problem[] {
  const [first] = issues;
  if (!first) return [];
  const path = first.path.map(String);
  if (first.code === 'unrecognized_keys')
    return first.keys.slice(0, MAX_PROBLEMS).map((key) => unknownKey(key, path, root));
  const node = nodeAt(root, path);
  const ownRuleHolds = issues.every((issue) => issue.code === 'custom');
  const told = ownRuleHolds ? issues : issues.filter((issue) => issue.code === 'invalid_format').slice(0, 1);
  const rules = told.map((issue) => `${issue.message}: `).join('');
  const allowed = node ? `${rules}${describe(node)}` : first.message;
  return [{ path: path.join('.'), found: foundAt(value, path, node), allowed }];
}

function unknownKey(key: string, path: readonly string[], root: SchemaNode): Problem {
  const at = [...path, key].join('.');
  if (looksSecret(key)) return { path: at, found: 'a key that looks like a secret', allowed: SECRETS_BELONG };
  const node = nodeAt(root, path);
  const names = Object.keys(node?.properties ?? {}).filter((name) => name !== '$schema');
  const known = [...names, ...(node?.propertyNames?.enum ?? []).map(String)];
  return { path: at, found: 'an unknown key', allowed: `${nearest(key, known)}one of ${known.join(', ')}` };
}

export function nodeAt(root: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const key of path) {
    const object: SchemaNode | undefined = node && objectOf(node);
    const others: SchemaNode | boolean | undefined = object?.additionalProperties;
    node = object?.properties?.[key] ?? object?.items ?? (typeof others === 'object' ? others : undefined);
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
      if (node.pattern) return `a text that matches ${node.pattern}`;
      return node.maxLength === undefined ? 'a text' : `a text of up to ${node.maxLength} characters`;
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

/** A rule between two fields may be broken by one that was left out: then its default is what counts. */
function foundAt(value: unknown, path: readonly string[], node: SchemaNode | undefined): string {
  const found = valueAt(value, path);
  if (found !== undefined) return show(found);
  return node?.default === undefined ? 'nothing' : `${show(node.default)}, the default`;
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}

function show(value: unknown): string {
  let text: string;
  try {
    // JSON.parse reads any depth, JSON.stringify does not write it.
    text = JSON.stringify(value, hideSecrets);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return Array.isArray(value) ? 'a deeply nested list' : 'a deeply nested object';
  }
  return text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
}

/** A hint for a mistyped name: `known? or `, the nearest within two edits; empty when none is near. */
export function nearest(name: string, known: readonly string[]): string {
  const [best] = known
    .map((candidate) => ({ candidate, away: edits(name, candidate) }))
    .filter(({ away }) => away <= 2)
    .sort((a, b) => a.away - b.away);
  return best === undefined ? '' : `${best.candidate}? or `;
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
