import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { painter } from '../../src/cli/style.ts';
import { block, type Column, table } from '../../src/cli/table.ts';

const plain = painter(false, {});

interface Row {
  readonly name: string;
  readonly price: string;
  readonly reason: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'name', text: (row) => row.name },
  { title: 'price', text: (row) => row.price, right: true, tone: () => 'good' },
  { title: 'reason', text: (row) => row.reason },
];

describe('tables', () => {
  test('numbers stand under each other by their last digit', () => {
    const rows = [
      { name: 'A', price: '1.5', reason: 'x' },
      { name: 'B', price: '10.25', reason: 'y' },
    ];
    assert.deepEqual(table(COLUMNS, rows, 80, plain), [
      'name  price  reason',
      'A       1.5  x',
      'B     10.25  y',
    ]);
  });

  test('a long text gives way to the width of the terminal; a price is never cut', () => {
    const rows = fc.array(
      fc.record({
        name: fc.stringMatching(/^[A-Z]{1,40}$/),
        price: fc.stringMatching(/^\d{1,8}\.\d{1,8}$/),
        reason: fc.stringMatching(/^[a-z ]{0,200}$/),
      }),
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 200 }), (list, width) => {
        const lines = table(COLUMNS, list, width, plain);
        assert.equal(lines.length, list.length + 1);
        for (const line of lines) assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
        for (const [i, { price }] of list.entries()) assert.ok(lines[i + 1]?.includes(price));
      }),
    );
  });

  test('names and values are one aligned block', () => {
    assert.deepEqual(
      block(
        [
          ['state', 'IDLE'],
          ['equity', '10000'],
        ],
        plain,
      ),
      ['state   IDLE', 'equity  10000'],
    );
  });
});

describe('colour', () => {
  test('is there on a terminal alone, and never under NO_COLOR', () => {
    assert.equal(painter(true, {})('bad', 'lost'), '\u001b[31mlost\u001b[39m');
    assert.equal(painter(true, { NO_COLOR: '1' })('bad', 'lost'), 'lost');
    assert.equal(painter(true, { NO_COLOR: '' })('bad', 'lost'), '\u001b[31mlost\u001b[39m');
    assert.equal(painter(true, { TERM: 'dumb' })('bad', 'lost'), 'lost');
    assert.equal(painter(false, {})('bad', 'lost'), 'lost');
  });
});
