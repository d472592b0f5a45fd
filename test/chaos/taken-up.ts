/**
 * What a daemon must still know that took up where another one ended: held against what that one had announced, or
 * against its own last answers where it stood still by then.
 */
import Big from 'big.js';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import { listed, type Moment } from './audit.ts';
import { type Account, heldOf, type Model } from './model.ts';
import { fields } from './wire.ts';

/** How the last daemon ended. */
export interface Before {
  /** Not every event of it was heard: it was killed while it traded, or the recorder could not keep up. */
  readonly unheard: boolean;
  /** It was killed: what the next one writes up anew has the time of the input, not that of the moment after it. */
  readonly killed: boolean;
  /** Commands were under way whose answers nobody heard. */
  readonly unanswered: boolean;
  /** Its last answers, where nothing could happen after them. */
  readonly still: Moment | null;
}

/** States in which no entry is sent until a person says so. */
const RESTING: ReadonlySet<string> = new Set(['IDLE', 'STOPPED', 'EMERGENCY', 'PAUSED', 'ERROR']);

/** Puts the model where the new daemon begins. @returns what was lost on the way, in words. */
export function takenUp(first: Moment, model: Model, before: Before): string[] {
  const wrong = before.still === null ? [] : changedAtRest(before.still, first, before.killed);
  model.nextDaemon();
  if (!before.unheard) return wrong;
  wrong.push(...forgotten(first, model, before.unanswered));
  model.adopt(first.seq, String(fields(first.answers.get('engine.status')).state), accountOf(first));
  return wrong;
}

const SAME_AT_REST: readonly MethodName[] = [
  'positions.list',
  'orders.list',
  'trades.list',
  'sessions.get',
  'sessions.checkpoints',
  'signals.list',
  'equity.series',
  'account.get',
];

const STATUS_AT_REST = [
  'state',
  'preset',
  'mode',
  'at',
  'slots',
  'freeSlots',
  'openPositions',
  'pendingEntries',
  'dailyR',
  'consecutiveLosses',
  'equity',
  'pausedBy',
  'haltedBy',
] as const;

/** A restart of a daemon that does nothing changes nothing. */
function changedAtRest(still: Moment, first: Moment, killed: boolean): string[] {
  const [then, now] = [still, first].map(({ answers }) => fields(answers.get('engine.status')));
  const comparable = (key: string, value: unknown): unknown => (killed && key === 'wallAt' ? 0 : value);
  const told = (what: string, was: unknown, is: unknown): string[] =>
    JSON.stringify(was, comparable) === JSON.stringify(is, comparable)
      ? []
      : [`restarted at rest: ${what} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`];
  return [
    ...STATUS_AT_REST.flatMap((key) => told(key, then?.[key], now?.[key])),
    ...SAME_AT_REST.flatMap((method) => told(method, still.answers.get(method), first.answers.get(method))),
  ];
}

/** What had been announced and is not known any more. */
function forgotten({ answers }: Moment, { account, state }: Model, unanswered: boolean): string[] {
  const wrong: string[] = [];
  const now = String(answers.get('engine.status')?.state);
  if (RESTING.has(state) && !RESTING.has(now) && !unanswered)
    wrong.push(`taken up in ${now}, and nobody had released it from ${state}`);
  if (account === null) return wrong;
  const session = fields(answers.get('sessions.get')?.session).id;
  if (session !== account.session) {
    // A start that nobody heard the answer of may have begun another one.
    if (!unanswered || session === undefined) wrong.push(`session ${account.session} became ${session}`);
    return wrong;
  }
  const trades = listed(answers.get('trades.list')?.trades);
  account.trades.forEach((trade, i) => {
    const kept = trades[i];
    if (kept === undefined) wrong.push(`trade ${trade.id} was announced, and is forgotten`);
    for (const key of ['id', 'symbol', 'side', 'quantity', 'entry', 'exit', 'fees', 'pnl'] as const)
      if (kept !== undefined && kept[key] !== trade[key])
        wrong.push(`trade ${trade.id} was announced with ${key} ${trade[key]}, and has ${kept[key]}`);
  });
  const open = listed(answers.get('positions.list')?.positions).map(({ tradeId }) => tradeId);
  const known = new Set([...open, ...trades.map(({ id }) => id)]);
  for (const id of heldOf(account))
    if (!known.has(id)) wrong.push(`trade ${id} was held, and is neither open nor finished`);
  for (const { id, filled } of listed(answers.get('orders.list')?.orders)) {
    const announced = account.filled.get(Number(id));
    if (announced?.gt(String(filled)))
      wrong.push(`${announced} of order ${id} were announced as filled, and it has ${filled}`);
  }
  return wrong;
}

/** The account as the daemon has it. */
function accountOf({ answers }: Moment): Account | null {
  const session = fields(answers.get('sessions.get')?.session);
  if (session.id === undefined) return null;
  const past = answers.get('engine.status')?.session === null;
  const orders = listed(answers.get('orders.list')?.orders);
  return {
    session: String(session.id),
    held: new Map(
      listed(answers.get('positions.list')?.positions).map(({ tradeId, quantity }) => [
        Number(tradeId),
        new Big(String(quantity)),
      ]),
    ),
    trades: METHODS['trades.list'].result
      .parse(answers.get('trades.list'))
      .trades.map(({ ambiguous: _, ...trade }) => trade),
    filled: new Map(orders.map(({ id, filled }) => [Number(id), new Big(String(filled))])),
    signals: Number(answers.get('signals.list')?.total),
    ended: past || answers.get('engine.status')?.ended !== null,
    past,
  };
}
