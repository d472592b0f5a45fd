import type { Millis } from '../../../market/time.ts';
import type { PlacedRequest, VenueRequest } from './record.ts';

/** A request as the venue's file holds it. */
export interface RequestRow {
  readonly bars: number;
  readonly point: number;
  readonly at: Millis;
  readonly body: string;
}

/** @throws Error for a row that this venue did not write. */
export function requestOf({ bars, point, at, body }: RequestRow): PlacedRequest {
  const request: VenueRequest = JSON.parse(body);
  if (request.op !== 'submit' && request.op !== 'cancel' && request.op !== 'amend')
    throw new Error(`the venue's file holds a request that is none: ${body}`);
  return { place: { bars, point }, at, request };
}
