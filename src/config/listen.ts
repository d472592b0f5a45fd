/** Addresses to listen on: `127.0.0.1:9464`, `[::1]:9464`, `localhost:0` (a free port). */
import { isIPv4, isIPv6 } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
}

const FORM = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/;
const LAST_PORT = 65_535;

/** Null when the text is no address of this machine's own form. Names but `localhost` are not looked up. */
export function parseListen(text: string): ListenAddress | null {
  const [, v6, v4, digits] = FORM.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > LAST_PORT) return null;
  if (v6 !== undefined) return isIPv6(v6) ? { host: v6, port } : null;
  return v4 !== undefined && (v4 === 'localhost' || isIPv4(v4)) ? { host: v4, port } : null;
}

/** Whether only this machine reaches what listens there. */
export function isLoopback(text: string): boolean {
  const address = parseListen(text);
  if (address === null) return false;
  const { host } = address;
  if (host === 'localhost') return true;
  // The URL parser writes an IPv6 address in its one shortest form.
  return isIPv4(host) ? host.startsWith('127.') : new URL(`http://[${host}]`).hostname === '[::1]';
}
