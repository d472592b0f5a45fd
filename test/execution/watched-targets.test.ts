/** On spot a stop and a target cannot hold the same coins: the stop rests, the engine sells at the targets. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrderRequest } from '../../src/engine/output.ts';
import { SECOND } from '../../src/market/time.ts';
import { Rig, SPOT } from '../engine/rig.ts';

const BOOK = { bidDepth03: 1e6, askDepth03: 1e6, bidDepth05: 1e6, askDepth05: 1e6 };

function spot(options: { amend?: boolean; preset?: object } = {}): { rig: Rig; stop: OrderRequest } {
  const rig = new Rig({ instruments: [SPOT], ...options }).boot();
  rig.fill(rig.breakOut());
  const stop = rig.last('stop');
  rig.accept(stop);
  return { rig, stop };
}

const quote = (rig: Rig, bid: number) =>
  rig.give({ kind: 'book', symbol: 0, book: { bid, ask: bid + 0.01, ...BOOK } });

const target = (rig: Rig) => {
  const [first] = rig.engine.positions()[0]?.targets ?? [];
  assert.ok(first);
  return first;
};

describe('targets on spot', () => {
  it('no target rests beside the stop, and each is shown where it is watched', () => {
    const { rig } = spot();
    assert.deepEqual([rig.submitted('tp1'), rig.submitted('tp2')], [[], []]);
    assert.deepEqual(
      rig.engine.positions()[0]?.targets.map(({ purpose }) => purpose),
      ['tp1', 'tp2'],
    );
  });

  it('at its price the stop first leaves room, then the part is sold, then the stop is at breakeven for the rest', () => {
    const { rig, stop } = spot();
    const { price, quantity } = target(rig);
    quote(rig, Number(price) - 0.01);
    assert.equal(rig.amends().length, 0, 'the bid has not reached it');
    quote(rig, Number(price));
    assert.equal(rig.submitted('tp1').length, 0, 'nothing is sold that the stop may sell');
    const amend = rig.amends().at(-1);
    assert.equal(amend?.orderId, stop.id);
    assert.equal((Number(stop.quantity) - Number(amend?.quantity)).toFixed(1), quantity);
    rig.confirmAmend();
    const sale = rig.last('tp1');
    assert.deepEqual([sale.type, sale.side, sale.quantity], ['market', 'sell', quantity]);
    rig.fill(sale, { price });
    rig.confirmAmend();
    const position = rig.engine.positions()[0];
    assert.equal(position?.protectedQuantity, position?.quantity);
    assert.ok(Number(position?.stop) > Number(position?.entry), 'breakeven and fees');
    assert.deepEqual(
      position?.targets.map(({ purpose }) => purpose),
      ['tp2'],
    );
  });

  it('a sale that is refused gives the stop its whole size back, and is tried again after the next close', () => {
    const { rig, stop } = spot();
    const { price } = target(rig);
    quote(rig, Number(price));
    rig.confirmAmend();
    rig.rejected(rig.last('tp1'));
    assert.equal(rig.amends().at(-1)?.quantity, stop.quantity);
    rig.confirmAmend();
    quote(rig, Number(price) + 1);
    assert.equal(rig.submitted('tp1').length, 1, 'not before the close');
    rig.barTo([101.5, Number(price) + 1, 101.5, Number(price) + 1, 1000]);
    rig.confirmAmend();
    assert.equal(rig.submitted('tp1').length, 2);
  });

  it('a venue that changes no stop has it cancelled and placed anew, smaller, before the sale', () => {
    const { rig, stop } = spot({ amend: false });
    const { price, quantity } = target(rig);
    quote(rig, Number(price));
    assert.ok(rig.cancels().includes(stop.id));
    rig.cancelled(stop);
    const smaller = rig.last('stop');
    assert.equal((Number(stop.quantity) - Number(smaller.quantity)).toFixed(1), quantity);
    assert.equal(rig.submitted('tp1').length, 0);
    rig.accept(smaller);
    assert.equal(rig.submitted('tp1').length, 1);
  });

  it('a stop that is hit while it makes room takes the part along: nothing is left uncovered', () => {
    const { rig, stop } = spot();
    quote(rig, Number(target(rig).price));
    const amend = rig.amends().at(-1);
    rig.confirmAmend();
    const sale = rig.last('tp1');
    rig.fill(stop, { quantity: amend?.quantity ?? '0', price: '100.44' });
    rig.rejected(sale);
    const exit = rig.last('exit');
    assert.equal(exit.quantity, sale.quantity, 'below its stop what is left is sold at market');
  });

  it('a part that cannot be sold in time is closed at market with all the rest', () => {
    const { rig } = spot();
    quote(rig, Number(target(rig).price));
    rig.confirmAmend();
    rig.accept(rig.last('tp1'));
    rig.elapse(rig.preset.execution.protect_timeout_ms + SECOND);
    assert.equal(
      rig.events('position').at(-1)?.change === 'closed' || rig.submitted('exit').length === 1,
      true,
    );
  });

  it('a panic while a part is being sold sells the rest, and the part only when its sale has come to nothing', () => {
    for (const sold of [true, false]) {
      const { rig, stop } = spot();
      quote(rig, Number(target(rig).price));
      rig.confirmAmend();
      const sale = rig.last('tp1');
      const panic = rig.panic();
      const exit = rig.last('exit');
      const lots = (quantity: string) => Math.round(Number(quantity) * 10);
      assert.equal(lots(exit.quantity), lots(stop.quantity) - lots(sale.quantity));
      rig.fill(exit);
      if (sold) rig.fill(sale);
      else {
        rig.rejected(sale);
        assert.equal(rig.last('exit').quantity, sale.quantity);
        rig.fill(rig.last('exit'));
      }
      assert.equal(rig.submitted('exit').length, sold ? 1 : 2);
      rig.cancelled(stop);
      rig.venueSays();
      assert.equal(rig.answer(panic), 'ok');
    }
  });

  it('a panic before a part is being sold has the stop cover it again, for as long as the exit does not come through', () => {
    const { rig, stop } = spot();
    quote(rig, Number(target(rig).price));
    rig.panic();
    rig.confirmAmend();
    rig.rejected(rig.last('exit'));
    assert.equal(rig.amends().at(-1)?.quantity, stop.quantity);
    assert.equal(rig.submitted('tp1').length, 0);
  });

  it('the last target sells all that is left, and the trade ended by it', () => {
    const { rig } = spot({ preset: { position: { tp1_share: 0, tp2_share: 1, tp2_r: 3 } } });
    const { price, purpose } = target(rig);
    assert.equal(purpose, 'tp2');
    quote(rig, Number(price));
    const exit = rig.last('exit');
    rig.fill(exit, { price });
    assert.equal(rig.trades()[0]?.exitReason, 'tp2');
  });

  it('without quotes, in a backtest, a close beyond the target takes it', () => {
    const { rig } = spot();
    const price = Number(target(rig).price);
    rig.barTo([101.5, price + 1, 101.5, price - 0.01, 1000]);
    assert.equal(rig.amends().length, 0, 'a high that did not hold is nothing that could be sold at');
    rig.barTo(price + 0.5);
    rig.confirmAmend();
    assert.equal(rig.submitted('tp1').length, 1);
  });

  it('a snapshot in the middle of it goes on as it was', () => {
    const { rig } = spot();
    quote(rig, Number(target(rig).price));
    const other = new Rig({ instruments: [SPOT] });
    other.engine.restore(rig.engine.save());
    assert.deepEqual(other.engine.positions(), rig.engine.positions());
    const amend = rig.amends().at(-1);
    assert.ok(amend);
    const report = {
      status: 'amended',
      orderId: amend.orderId,
      quantity: amend.quantity,
      stopPrice: amend.stopPrice,
    } as const;
    assert.deepEqual(
      other.engine.apply({ kind: 'order', at: rig.now, report }),
      rig.engine.apply({ kind: 'order', at: rig.now, report }),
    );
  });
});
