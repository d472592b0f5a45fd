/**
 * What the read methods say of one moment, held against the account that the events of the same moment give. A batch
 * is answered in one turn of the daemon; where something happened in between all the same, it is no moment.
 */
import Big from 'big.js';
import type { MethodName } from '../../src/protocol/methods.ts';
import { heldOf, type Model } from './model.ts';
import { type Fields, fields, type Wire } from './wire.ts';

export interface Moment {
  readonly stream: string;
  readonly seq: number;
  readonly answers: ReadonlyMap<MethodName, Fields>;
}

const READS: readonly (readonly [MethodName, Fields])[] = [
  ['engine.status', {}],
  ['positions.list', {}],
  ['orders.list', { all: true, limit: 2000 }],
  ['trades.list', {}],
  ['sessions.get', {}],
  ['sessions.checkpoints', {}],
  ['signals.list', {}],
  ['equity.series', {}],
  ['engine.metrics', {}],
  ['account.get', {}],
];

/** An order that no report can follow any more. */
const FINAL: ReadonlySet<unknown> = new Set(['filled', 'cancelled', 'rejected']);

/** Null when it is no moment, or the daemon is gone. */
export async function momentNow(wire: Wire): Promise<Moment | null> {
  const answers = await Promise.all(wire.batch([['daemon.info', {}], ...READS, ['daemon.info', {}]], true));
  const [before, after] = [answers[0]?.result, answers.at(-1)?.result];
  if (before?.seq === undefined || before.seq !== after?.seq) return null;
  const byMethod = new Map(answers.slice(1, -1).map(({ method, result }) => [method, result] as const));
  return { stream: String(before.stream), seq: Number(before.seq), answers: byMethod };
}

/** What does not agree, in words. The model has taken all events up to the moment and no more. */
export function disagreements({ seq, answers }: Moment, model: Model): string[] {
  const wrong: string[] = [];
  const same = (what: string, told: unknown, known: unknown): void => {
    if (JSON.stringify(told) === JSON.stringify(known)) return;
    wrong.push(
      `at seq ${seq}: ${what} is told as ${JSON.stringify(told)}, by the events ${JSON.stringify(known)}`,
    );
  };
  const of = (method: MethodName): Fields => answers.get(method) ?? {};
  const status = of('engine.status');
  same('the state', status.state, model.state);
  const { account } = model;
  if (account === null) return wrong;
  // A session that was over before this daemon began is one that it knows of, and none that it has.
  same('the session', status.session, account.past ? null : account.session);
  same('its end', status.ended !== null, account.ended && !account.past);
  const positions = listed(of('positions.list').positions);
  const held = heldOf(account).sort((a, b) => a - b);
  same(
    'what is held',
    positions.map(({ tradeId }) => Number(tradeId)).sort((a, b) => a - b),
    held,
  );
  for (const { tradeId, quantity } of positions) {
    const known = account.held.get(Number(tradeId));
    if (known !== undefined && !known.eq(String(quantity)))
      wrong.push(`at seq ${seq}: trade ${tradeId} holds ${quantity}, by its fills ${known}`);
  }
  same('open positions', status.openPositions, held.length);
  const trades = listed(of('trades.list').trades).map(({ ambiguous: _, ...trade }) => trade);
  same('finished trades', trades, account.trades);
  const session = fields(of('sessions.get').session);
  same('the session that is looked up', session.id, account.session);
  const figures = fields(session.figures);
  if (session.figures === null) return wrong;
  const metrics = of('engine.metrics');
  same('trades of the session', figures.trades, account.trades.length);
  same('signals of the session', figures.signals, account.signals);
  same('signals that were kept', of('signals.list').total, account.signals);
  const pnl = account.trades.map((trade) => trade.pnl);
  same('won', figures.won, pnl.filter((p) => new Big(p).gt(0)).length);
  same('lost', figures.lost, pnl.filter((p) => new Big(p).lt(0)).length);
  if (held.length === 0) {
    const sum = pnl.reduce((total, p) => total.plus(p), new Big(0));
    same('net profit', new Big(String(figures.netProfit)).toFixed(8), sum.toFixed(8));
    same('equity', new Big(String(figures.equity)).toFixed(8), sum.plus('10000').toFixed(8));
    const points = listed(of('equity.series').points);
    const last = points.at(-1);
    if (last !== undefined)
      same('the last point of equity', Number(last.equity).toFixed(6), sum.plus('10000').toFixed(6));
  }
  same('net profit told twice', metrics.netProfit, figures.netProfit);
  const { checkpoints, dropped } = of('sessions.checkpoints');
  const closed = listed(checkpoints).filter(({ name }) => name === 'trade_closed').length;
  if (dropped === 0 && listed(checkpoints).length < 100)
    same('checkpoints of finished trades', closed, account.trades.length);
  const entries = listed(of('orders.list').orders).filter(
    ({ purpose, status }) => (purpose === 'entry' || purpose === 'add_on') && !FINAL.has(status),
  );
  if (account.ended && entries.length > 0)
    wrong.push(`at seq ${seq}: ${entries.length} entry orders are out after the end`);
  return wrong;
}

/** Positions whose whole quantity is not under a confirmed stop. */
export function unprotected({ answers }: Moment): string[] {
  return listed(answers.get('positions.list')?.positions)
    .filter(({ stop, quantity, protectedQuantity }) => stop === null || quantity !== protectedQuantity)
    .map(
      ({ symbol, quantity, protectedQuantity }) => `${symbol}: ${protectedQuantity} of ${quantity} protected`,
    );
}

export function listed(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}
