/**
 * The way into ccxt: one exchange's module, found by its file. The package's entry would load every exchange there is,
 * which takes a second and some eighty megabytes where one takes a third of that.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CcxtExchange } from './exchange.ts';

export type ExchangeClass = new (config: Readonly<Record<string, unknown>>) => CcxtExchange;

const EXCHANGE_ID = /^[a-z0-9]+$/;

/** ccxt lets nothing but its entry be imported by name: its files lie beside that. */
function sources(): string {
  const entry = createRequire(import.meta.url).resolve('ccxt');
  return join(dirname(dirname(entry)), 'js', 'src');
}

/** The exchanges that ccxt reaches by WebSocket too, by id, sorted. */
export function exchangeIds(): string[] {
  return readdirSync(join(sources(), 'pro'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.slice(0, -'.js'.length))
    .filter((id) => EXCHANGE_ID.test(id))
    .sort();
}

/** @returns null when ccxt has no such exchange, or has it without its WebSocket half. */
export async function loadExchange(id: string): Promise<ExchangeClass | null> {
  if (!EXCHANGE_ID.test(id) || !exchangeIds().includes(id)) return null;
  const loaded: { readonly default: ExchangeClass } = await import(
    pathToFileURL(join(sources(), 'pro', `${id}.js`)).href
  );
  return loaded.default;
}
