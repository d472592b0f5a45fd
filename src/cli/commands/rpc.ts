import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit.ts';

export interface RpcOptions {
  readonly yes?: boolean;
}

/** `breakout rpc METHOD [JSON]`: the answer as JSON, whatever the method. */
export async function rpc(context: Context, method: string, params: string | undefined): Promise<void> {
  const given = parsed(params);
  const result = await withDaemon(context, (client) => client.request(method, given));
  context.output.document(result);
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
