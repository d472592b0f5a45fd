import type { ResultOf } from '../../protocol/methods.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit.ts';
import { type Column, table } from '../table.ts';

/** `breakout rpc METHOD [JSON]`: the answer as JSON, whatever the method. Without a method: those there are. */
export async function rpc(
  context: Context,
  method: string | undefined,
  params: string | undefined,
): Promise<void> {
  if (method === undefined) return methods(context);
  const given = parsed(params);
  const result = await withDaemon(context, (client) => client.request(method, given));
  context.output.document(result);
}

type Method = ResultOf<'rpc.discover'>['methods'][number];

const COLUMNS: readonly Column<Method>[] = [
  { title: 'method', text: ({ name }) => name, keep: true },
  { title: 'kind', text: kindOf, keep: true, drop: 1 },
  { title: 'what it does', text: ({ summary }) => (typeof summary === 'string' ? summary : '') },
];

async function methods(context: Context): Promise<void> {
  const { output } = context;
  const document = await withDaemon(context, (client) => client.call('rpc.discover'));
  output.result(document, () => table(COLUMNS, document.methods, output.width, output.paint));
}

/** An OpenRPC document says it with a reference to a tag. */
function kindOf({ tags }: Method): string {
  return /"#\/components\/tags\/(\w+)"/.exec(JSON.stringify(tags) ?? '')?.[1] ?? '';
}

/** @throws CliError when it is no JSON object. */
function parsed(text: string | undefined): object {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`the parameters are no JSON: ${why}`, `for example '{"limit": 5}'`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw usageError('the parameters must be one JSON object', `for example '{"limit": 5}'`);
}
