/** Stops that came with entries, and when they are taken away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderReport } from '../../../src/engine/input.ts';
import { clientOrderId } from '../../../src/session/keeping/client-order-id.ts';
import { Rig } from '../../engine/rig.ts';
import { HandClock, loopOf, quietBroker } from './kit.ts';

test('a stop that came with an entry stays while more of it may fill than word has come of: nothing else protects that', () => {
  const rig = new Rig({ attachedStop: true }).boot();
  const entry = rig.breakOut();
  const id = clientOrderId('h', entry.id, 1);
  /** Whether the entry's stop was to be taken away, of each time that stops were. */
  const taken: boolean[] = [];
  const broker = quietBroker({
    capabilities: { amend: true, attachedStop: true },
    acts: {
      events: (_since, answer) => answer([]),
      detach: (_symbol, mine, answer) => {
        taken.push(mine(id));
        answer(true);
      },
    },
    submit: (_order, _clientId, answer) => answer({ kind: 'done' }),
    amend: (_symbol, _clientId, _change, answer) => answer({ kind: 'done' }),
  });
  const loop = loopOf(rig.engine, broker, new HandClock());
  const report = (each: OrderReport): void => loop.apply({ kind: 'order', at: loop.now, report: each });
  const fill = { price: entry.price ?? '', fee: '0', feeIn: 'quote', liquidity: 'taker' } as const;
  report({ status: 'accepted', orderId: entry.id });
  report({ status: 'fill', orderId: entry.id, ...fill, fillId: 'f1', quantity: '10' });
  const [position] = rig.engine.positions();
  assert.deepEqual([position?.quantity, position?.protectedQuantity], ['10.00', '10.00']);
  assert.ok(!taken.includes(true), 'another fill may be on its way, and its word may be lost');
  report({ status: 'cancelled', orderId: entry.id, reason: 'asked for' });
  assert.equal(taken.at(-1), true, 'nothing more is to come of it');
});

test('a stop that came with an entry stays when the last of that fills while it is looked for: the stop that covers it is on its way', () => {
  const rig = new Rig({ attachedStop: true }).boot();
  const entry = rig.breakOut();
  const id = clientOrderId('h', entry.id, 1);
  /** Looks for stops that are under way: each tells, once it is through, whether the entry's is taken away. */
  const looks: (() => boolean)[] = [];
  const changes: (() => void)[] = [];
  const broker = quietBroker({
    capabilities: { amend: true, attachedStop: true },
    acts: {
      events: (_since, answer) => answer([]),
      detach: (_symbol, mine, answer) => {
        looks.push(() => {
          const taken = mine(id);
          answer(true);
          return taken;
        });
      },
    },
    submit: (_order, _clientId, answer) => answer({ kind: 'done' }),
    amend: (_symbol, _clientId, _change, answer) => {
      changes.push(() => answer({ kind: 'done' }));
    },
  });
  const loop = loopOf(rig.engine, broker, new HandClock());
  const report = (each: OrderReport): void => loop.apply({ kind: 'order', at: loop.now, report: each });
  const fill = { price: entry.price ?? '', fee: '0', feeIn: 'quote', liquidity: 'taker' } as const;
  report({ status: 'accepted', orderId: entry.id });
  report({ status: 'fill', orderId: entry.id, ...fill, fillId: 'f1', quantity: '10' });
  const rest = (Number(entry.quantity) - 10).toFixed(2);
  report({ status: 'fill', orderId: entry.id, ...fill, fillId: 'f2', quantity: rest });
  const [position] = rig.engine.positions();
  assert.deepEqual([position?.quantity, position?.protectedQuantity], [entry.quantity, '10.00']);
  assert.equal(looks.length, 1);
  assert.equal(looks.shift()?.(), false, 'of what filled last nothing else protects anything');
  for (const change of changes) change();
  assert.equal(rig.engine.positions()[0]?.protectedQuantity, entry.quantity);
  assert.equal(looks.shift()?.(), true, 'now it is one too many');
});
