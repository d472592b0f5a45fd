/** An account on paper as its own record has it, whatever the daemon believes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import Big from 'big.js';
import { z } from 'zod';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { orderOf } from '../../src/session/keeping/client-order-id.ts';
import { type Database, Sqlite } from '../../src/sqlite/sqlite.ts';
import type { AccountBooks, BrokerOrder } from '../../src/venue/broker.ts';
import { PaperBroker } from '../../src/venue/paper/paper-broker.ts';
import { MemoryRecord } from '../../src/venue/simulated/kept/record.ts';
import { type Bot, marketId } from './bot.ts';

/** What a start on paper is given. */
export const EQUITY = '5000';

interface PaperBooks {
  readonly account: AccountBooks;
  readonly orders: readonly BrokerOrder[];
}

function paperBooks(bot: Bot, session: string): PaperBooks {
  using file = closing(
    new Sqlite(join(bot.paths.venueDir, `${session}.sqlite`), { readonly: true, fileMustExist: true }),
  );
  const kept = file.prepare<[], { state: Buffer }>('SELECT state FROM snapshot').get();
  const record = new MemoryRecord();
  if (kept !== undefined) record.snapshot(0, kept.state);
  const broker = new PaperBroker({ instruments: [], record, now: () => 0, push: () => undefined });
  const accounts: (AccountBooks | null)[] = [];
  broker.account((books) => accounts.push(books));
  const ids: (readonly string[] | null)[] = [];
  broker.idsSince(0, (found) => ids.push(found));
  const orders: BrokerOrder[] = [];
  for (const id of ids[0] ?? [])
    broker.lookUp('', id, (found) => {
      if (found.kind === 'found') orders.push(found.order);
    });
  const [account] = accounts;
  assert.ok(account);
  return { account, orders };
}

/** What it holds, by market. */
export function heldOnPaper(bot: Bot, session: string): ReadonlyMap<string, Big> {
  const { positions } = paperBooks(bot, session).account;
  return new Map([...positions].map(([symbol, { quantity }]) => [marketId(symbol), new Big(quantity)]));
}

/** Ordinals of the orders that rest there. */
export function restingOnPaper(bot: Bot, session: string): readonly number[] {
  const { open } = paperBooks(bot, session).account;
  return open.map(({ clientId }) => ordinalOf(session, clientId ?? ''));
}

const outputsShape = z.array(
  z.looseObject({ order: z.looseObject({ id: z.number(), reduceOnly: z.boolean().optional() }).optional() }),
);

/** Those of them that protect nothing. */
export function entriesOnPaper(bot: Bot, session: string): readonly string[] {
  const resting = new Set(restingOnPaper(bot, session));
  using journal = openJournalForReading(bot.paths.journalFile);
  const entries = new Set<string>();
  for (const { outputsText } of journal.entries(session))
    for (const { order } of outputsShape.parse(JSON.parse(outputsText)))
      if (order?.reduceOnly === false && resting.has(order.id)) entries.add(`order ${order.id}`);
  return [...entries];
}

/** Every fill of the account is in the journal and no other. @returns what the account is worth by its own fills, flat */
export function worthOnPaper(bot: Bot, session: string): Big {
  using journal = openJournalForReading(bot.paths.journalFile);
  const own = journal.fills(session);
  const sides = new Map(own.map(({ orderId, side }) => [orderId, side]));
  const { orders } = paperBooks(bot, session);
  const theirs = orders.flatMap(({ clientId, fills }) =>
    fills.map((fill) => ({ orderId: ordinalOf(session, clientId), ...fill })),
  );
  const text = ({
    orderId,
    price,
    quantity,
    fee,
  }: Pick<(typeof own)[number], 'orderId' | 'price' | 'quantity' | 'fee'>) =>
    [orderId, ...[price, quantity, fee].map((figure) => new Big(figure).toFixed())].join(' ');
  assert.deepEqual(own.map(text).sort(), theirs.map(text).sort());
  return theirs.reduce((worth, { orderId, price, quantity, fee }) => {
    const value = new Big(price).times(quantity);
    return (sides.get(orderId) === 'sell' ? worth.plus(value) : worth.minus(value)).minus(fee);
  }, new Big(EQUITY));
}

function ordinalOf(session: string, clientId: string): number {
  const order = orderOf(session, clientId);
  assert.ok(order, `${clientId} is no order of ${session}`);
  return order.orderId;
}

function closing(db: Database): Database & Disposable {
  return Object.assign(db, { [Symbol.dispose]: () => db.close() });
}
