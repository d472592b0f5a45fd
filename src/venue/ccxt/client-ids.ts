/**
 * Client order ids in the form that an exchange takes, and back. Each form keeps all of an id: who reads one from the
 * exchange's books has the bot's own again.
 */

import { Unsendable } from './unsendable.ts';

interface Form {
  readonly longest: number;
  readonly write: (id: string) => string;
  /** null for an id that the bot did not make. */
  readonly read: (id: string) => string | null;
}

const ID = /^bo-(\d{8}T\d{6})-([a-z]+)-(\d+)-(\d+)$/;
const plain: Form = { longest: 36, write: (id) => id, read: (id) => (id.startsWith('bo-') ? id : null) };

/** Letters and digits alone: `bo20260102T030405abcdx12x1`. */
const alphanumeric: Form = {
  longest: 32,
  write: (id) => {
    const [, time, tail, order, attempt] = parts(id);
    return `bo${time}${tail}x${order}x${attempt}`;
  },
  read: (id) => {
    const match = /^bo(\d{8}T\d{6})([a-z]+)x(\d+)x(\d+)$/.exec(id);
    return match === null ? null : `bo-${match[1]}-${match[2]}-${match[3]}-${match[4]}`;
  },
};

const SECONDS_BASE = 36;

/** With the time as a number of seconds in letters: `t-bo-t79k9h-abcd-12-1`. */
function short(prefix: string, longest: number): Form {
  return {
    longest,
    write: (id) => {
      const [, time, tail, order, attempt] = parts(id);
      return `${prefix}bo-${secondsOf(time).toString(SECONDS_BASE)}-${tail}-${order}-${attempt}`;
    },
    read: (id) => {
      if (!id.startsWith(prefix)) return null;
      const match = /^bo-([0-9a-z]+)-([a-z]+)-(\d+)-(\d+)$/.exec(id.slice(prefix.length));
      if (match === null) return null;
      const at = new Date(Number.parseInt(match[1] ?? '', SECONDS_BASE) * 1000);
      const time = at.toISOString().slice(0, 19).replace(/[-:]/g, '');
      return `bo-${time}-${match[2]}-${match[3]}-${match[4]}`;
    },
  };
}

function parts(id: string): [string, string, string, string, string] {
  const [, time, tail, order, attempt] = ID.exec(id) ?? [];
  if (time === undefined || tail === undefined || order === undefined || attempt === undefined)
    throw new Unsendable(`${id} is no client order id of this bot`);
  return [id, time, tail, order, attempt];
}

function secondsOf(time: string): number {
  const iso = time.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) / 1000;
}

/** By ccxt's id. An exchange that is missing here takes ids in a form that has not been looked into. */
const FORMS: Readonly<Record<string, Form>> = {
  binance: plain,
  binanceusdm: plain,
  bybit: plain,
  bitget: plain,
  kucoin: plain,
  kucoinfutures: plain,
  okx: alphanumeric,
  myokx: alphanumeric,
  gate: short('t-', 30),
};

export interface ClientIds {
  /** @throws Unsendable for one that the exchange would not take. */
  toVenue(id: string): string;
  fromVenue(id: string | null | undefined): string | null;
}

/** @returns null where the exchange's form is not known. */
export function clientIds(exchange: string): ClientIds | null {
  const form = Object.hasOwn(FORMS, exchange) ? FORMS[exchange] : undefined;
  if (form === undefined) return null;
  return {
    toVenue: (id) => {
      const written = form.write(id);
      if (written.length > form.longest)
        throw new Unsendable(`${exchange} takes client order ids up to ${form.longest}, not ${written}`);
      return written;
    },
    fromVenue: (id) => (id === null || id === undefined ? null : form.read(id)),
  };
}
