/** Where a stop cannot be changed and two may rest, the new one is there before the old one goes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrderRequest } from '../../src/engine/output.ts';
import { Rig } from '../engine/rig.ts';

const PRESET = { position: { chandelier_atr: 1, trail_from_r: 0, trail_step_atr: 0.01 } };

/** A position whose stop has just been wanted nearer. */
function trailed(): { rig: Rig; old: OrderRequest; next: OrderRequest } {
  const rig = new Rig({ amend: false, twoStops: true, preset: PRESET }).boot();
  const { stop: old } = rig.hold();
  rig.barTo([101.65, 103, 101.6, 103, 1000]);
  const next = rig.last('stop');
  assert.notEqual(next.id, old.id);
  assert.ok(Number(next.stopPrice) > Number(old.stopPrice));
  return { rig, old, next };
}

const covered = (rig: Rig) => {
  const position = rig.engine.positions()[0];
  return position?.protectedQuantity === position?.quantity;
};

describe('a stop that is replaced by another', () => {
  it('is withdrawn once the new one is confirmed, and protects until then', () => {
    const { rig, old, next } = trailed();
    assert.equal(rig.cancels().includes(old.id), false);
    assert.ok(covered(rig));
    assert.equal(rig.engine.positions()[0]?.stop, old.stopPrice);
    rig.accept(next);
    assert.ok(rig.cancels().includes(old.id));
    assert.equal(rig.engine.positions()[0]?.stop, next.stopPrice);
    rig.cancelled(old);
    assert.ok(covered(rig));
    assert.equal(rig.submitted('stop').length, 2);
  });

  it('makes way for one other at a time', () => {
    const { rig, old, next } = trailed();
    rig.barTo([103, 105, 103, 105, 1000]);
    rig.accept(next);
    rig.barTo([105, 106, 105, 106, 1000]);
    assert.equal(rig.submitted('stop').length, 2, 'the first one is not gone yet');
    rig.cancelled(old);
    assert.equal(rig.submitted('stop').length, 3);
    assert.ok(covered(rig));
  });

  it('that is hit while the new one is on its way closes the position, and the new one is withdrawn', () => {
    const { rig, old, next } = trailed();
    rig.accept(next);
    rig.fill(old, { price: old.stopPrice ?? '0' });
    assert.ok(rig.cancels().includes(next.id));
    rig.cancelled(next);
    assert.equal(rig.engine.positions().length, 0);
    assert.equal(rig.trades().length, 1);
  });

  it('still protects when the new one got lost, which is sent again', () => {
    const { rig, old, next } = trailed();
    rig.report({ status: 'lost', orderId: next.id, reason: 'it never reached the venue' });
    assert.ok(covered(rig));
    const again = rig.last('stop');
    assert.notEqual(again.id, next.id);
    rig.accept(again);
    assert.ok(rig.cancels().includes(old.id));
  });

  it('goes on as it was after a restart in between', () => {
    const { rig, old, next } = trailed();
    const other = new Rig();
    other.engine.restore(rig.engine.save());
    const outputs = other.engine.apply({
      kind: 'order',
      at: rig.now,
      report: { status: 'accepted', orderId: next.id },
    });
    assert.ok(outputs.some((output) => output.kind === 'cancel' && output.orderId === old.id));
  });
});
