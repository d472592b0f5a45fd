import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import fc from 'fast-check';
import { Ledger, TradeAccount } from '../../src/execution/ledger.ts';

test('what a trade made is exact: floats would owe a trader digits here', () => {
  const a = new TradeAccount('long');
  a.fill('buy', '0.1', '0.3', '0.000015', 'quote');
  a.fill('sell', '0.3', '0.1', '0.000015', 'quote');
  a.fill('sell', '0.2', '0.2', '0.00002', 'quote');
  assert.equal(a.held.toFixed(), '0');
  assert.equal(a.cashFlow.toFixed(), '0.03995');
  assert.equal(a.allFees.toFixed(), '0.00005');
});

test('a fee taken in the base coin lessens what is held, not the cash, and is reported at its price', () => {
  const a = new TradeAccount('long');
  a.fill('buy', '100', '1', '0.001', 'base');
  assert.equal(a.held.toFixed(), '0.999');
  assert.equal(a.cashFlow.toFixed(), '-100');
  assert.equal(a.allFees.toFixed(), '0.1');
  a.fill('sell', '110', '0.999', '0.1', 'quote');
  assert.equal(a.held.toFixed(), '0');
  assert.equal(a.cashFlow.toFixed(), '9.79');
  assert.equal(a.allFees.toFixed(), '0.2');
});

test('average prices are by volume, of the right leg for a short too', () => {
  const a = new TradeAccount('short');
  a.fill('sell', '100', '1', '0', 'quote');
  a.fill('sell', '103', '2', '0', 'quote');
  a.fill('buy', '90', '3', '0', 'quote');
  assert.equal(a.average('entry'), '102');
  assert.equal(a.average('exit'), '90');
  assert.equal(new TradeAccount('long').average('exit'), '0');
});

test('funding is part of the result', () => {
  const ledger = new Ledger('1000');
  const a = new TradeAccount('short');
  a.fill('sell', '10', '5', '0.01', 'quote');
  a.fill('buy', '10', '5', '0.01', 'quote');
  a.funding = a.funding.plus('-0.3');
  assert.equal(ledger.close(a).toFixed(), '-0.32');
  assert.equal(ledger.equity.toFixed(), '999.68');
  assert.equal(ledger.equityValue, 999.68);
  assert.equal(ledger.fees.toFixed(), '0.02');
  assert.equal(ledger.funding.toFixed(), '-0.3');
});

/** A decimal of up to eight places, as text and as a count of 1e-8. */
const decimal = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((units) => {
  const digits = units.toString().padStart(9, '0');
  return { units, text: `${digits.slice(0, -8)}.${digits.slice(-8)}` };
});
const fills = fc.array(
  fc.record({
    buy: fc.boolean(),
    price: decimal,
    quantity: decimal,
    fee: decimal,
    inBase: fc.boolean(),
  }),
  { maxLength: 20 },
);

test('nothing is made and nothing is lost: cash and holdings are those of whole-number arithmetic', () => {
  fc.assert(
    fc.property(fc.array(fills, { maxLength: 4 }), decimal, (trades, start) => {
      const ledger = new Ledger(start.text);
      // In units of 1e-16.
      let cash = start.units * 10n ** 8n;
      let sum = new Big(0);
      for (const list of trades) {
        const a = new TradeAccount('long');
        let held = 0n;
        for (const f of list) {
          a.fill(
            f.buy ? 'buy' : 'sell',
            f.price.text,
            f.quantity.text,
            f.fee.text,
            f.inBase ? 'base' : 'quote',
          );
          const sign = f.buy ? 1n : -1n;
          cash -= sign * f.price.units * f.quantity.units;
          held += sign * f.quantity.units;
          if (f.inBase) held -= f.fee.units;
          else cash -= f.fee.units * 10n ** 8n;
        }
        assert.ok(a.held.times('1e8').eq(held.toString()));
        sum = sum.plus(ledger.close(a));
      }
      assert.ok(ledger.equity.times('1e16').eq(cash.toString()));
      assert.ok(ledger.equity.eq(new Big(start.text).plus(sum)));
      assert.equal(ledger.equityValue, Number(ledger.equity));
    }),
  );
});
