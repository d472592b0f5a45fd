/** Which field of the form a refusal is about. */
import type { RpcError } from '../../protocol/errors.ts';
import { FIELDS, type Field } from './form.ts';

const BY_CODE: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['PRESET_UNKNOWN', 'preset'],
  ['PRESET_INVALID', 'preset'],
  ['MODE_REFUSED', 'mode'],
  ['VENUE_UNKNOWN', 'venue'],
  ['DATA_INVALID', 'data'],
]);

/** null where it is about the engine or the daemon, not about what was typed. */
export function fieldOf(error: RpcError): Field | null {
  const known = BY_CODE.get(error.code);
  if (known !== undefined) return known;
  if (error.code !== 'INVALID_PARAMS') return null;
  // A problem begins with the name of its parameter.
  const [first = ''] = error.data.problems ?? [];
  return FIELDS.find((field) => new RegExp(`^${field}\\b`).test(first)) ?? null;
}
