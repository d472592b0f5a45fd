import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BarPath } from '../../../src/venue/ports.ts';
import { brief, type Ohlcv, type Point, type Venue, venue } from './matching-kit.ts';

const FLAT: Ohlcv = [100, 100, 100, 100, 1000];
/** Path 100, 99, 103, 102; the other path 100, 103, 99, 102. */
const RISING: Ohlcv = [100, 103, 99, 102, 1000];
/** Path 100, 101, 97, 98; the other path 100, 97, 101, 98. */
const FALLING: Ohlcv = [100, 101, 97, 98, 1000];

type Script = (v: Venue, react: (hook: (point: Point) => void) => void) => void;

function run(path: BarPath, bar: Ohlcv, script: Script): { briefs: string[]; ambiguous: number[] } {
  const v = venue({ path });
  v.submit({ id: 100, tradeId: 100, quantity: '5' });
  v.bar(FLAT);
  let hook: ((point: Point) => void) | undefined;
  script(v, (given) => {
    hook = given;
  });
  const briefs = brief(v.bar(bar, (point) => hook?.(point)));
  return { briefs, ambiguous: [...v.matching.ambiguousTrades] };
}

const stop = (id: number, stopPrice: string) =>
  ({
    id,
    tradeId: 7,
    side: 'sell',
    type: 'stop',
    stopPrice,
    quantity: '5',
    purpose: 'stop',
    reduceOnly: true,
  }) as const;
const target = (id: number, price: string) =>
  ({
    id,
    tradeId: 7,
    side: 'sell',
    type: 'limit',
    price,
    quantity: '5',
    purpose: 'tp1',
    reduceOnly: true,
  }) as const;

describe('simulated matching: ambiguous bars', () => {
  it('counts a trade whose stop and target were both within the bar, and shows it with the other path', () => {
    const script: Script = (v) => {
      v.submit(stop(1, '99.5'));
      v.submit(target(2, '102'));
    };
    assert.deepEqual(run('nearer', RISING, script), {
      briefs: ['1 fill 5.00 @ 99.5 taker', '2 cancelled reduce_only'],
      ambiguous: [7],
    });
    assert.deepEqual(run('other', RISING, script), {
      briefs: ['2 fill 5.00 @ 102.0 maker', '1 cancelled reduce_only'],
      ambiguous: [7],
    });
  });

  it('counts it as well when stop and target were placed at the open', () => {
    const { ambiguous } = run('nearer', RISING, (v, react) => {
      react((point) => {
        if (point !== 0) return;
        v.submit(stop(1, '99.5'));
        v.submit(target(2, '102'));
      });
    });
    assert.deepEqual(ambiguous, [7]);
  });

  it('does not count a bar that reaches only one of them, or a target that is touched and not traded through', () => {
    for (const [low, high] of [
      ['98.9', '102'],
      ['99.5', '103.5'],
      ['99.5', '103'],
    ] as const) {
      const { ambiguous } = run('nearer', RISING, (v) => {
        v.submit(stop(1, low));
        v.submit(target(2, high));
      });
      assert.deepEqual(ambiguous, [], `${low} ${high}`);
    }
  });

  it('does not count a stop that the open had passed already: no path could have saved the trade', () => {
    const { ambiguous, briefs } = run('nearer', RISING, (v) => {
      v.submit(stop(1, '100'));
      v.submit(target(2, '102'));
    });
    assert.deepEqual(briefs, ['1 fill 5.00 @ 100.0 taker', '2 cancelled reduce_only']);
    assert.deepEqual(ambiguous, []);
  });

  it('does not count stop and target of different trades', () => {
    const { ambiguous } = run('nearer', RISING, (v) => {
      v.submit(stop(1, '99.5'));
      v.submit({ ...target(2, '102'), tradeId: 8 });
    });
    assert.deepEqual(ambiguous, []);
  });

  const entry = { id: 1, tradeId: 7, type: 'stop', stopPrice: '101', purpose: 'entry' } as const;
  const protect =
    (entered: readonly Point[], price: string): Script =>
    (v, react) => {
      v.submit(entry);
      react((point) => {
        if (point === entered[0]) v.submit({ ...stop(2, price), quantity: '1' });
      });
    };

  it('counts an entry whose stop is spared only because the low came first', () => {
    assert.deepEqual(run('nearer', RISING, protect([2], '99.5')), {
      briefs: ['1 fill 1.00 @ 101.0 taker'],
      ambiguous: [7],
    });
    // The other path: entered on the way to 103, stopped on the way to 99.
    assert.deepEqual(run('other', RISING, protect([1], '99.5')), {
      briefs: ['1 fill 1.00 @ 101.0 taker', '2 fill 1.00 @ 99.5 taker'],
      ambiguous: [7],
    });
  });

  it('counts an entry that is stopped only because the high came first', () => {
    const bar: Ohlcv = [100, 101, 97, 100.5, 1000];
    assert.deepEqual(run('nearer', bar, protect([1], '98')), {
      briefs: ['1 fill 1.00 @ 101.0 taker', '2 fill 1.00 @ 98.0 taker'],
      ambiguous: [7],
    });
  });

  it('does not count an entry that is stopped on either path, or on none', () => {
    assert.deepEqual(run('nearer', FALLING, protect([1], '98.5')).ambiguous, []);
    assert.deepEqual(run('nearer', RISING, protect([2], '98.5')).ambiguous, []);
  });

  it('counts a stop moved after a target that only one path would have hit', () => {
    const script: Script = (v, react) => {
      v.submit(stop(1, '95'));
      v.submit({ ...target(2, '102'), quantity: '2' });
      react((point) => point === 2 && v.amend(1, '3', '100'));
    };
    // Low first: the target, then break-even is not reached by the close at 102. High first: it is, at 99.
    assert.deepEqual(run('nearer', RISING, script).ambiguous, [7]);
    const spared: Script = (v, react) => {
      v.submit(stop(1, '95'));
      v.submit({ ...target(2, '102'), quantity: '2' });
      react((point) => point === 2 && v.amend(1, '3', '98'));
    };
    assert.deepEqual(run('nearer', RISING, spared).ambiguous, []);
  });

  it('does not count orders placed at the close for what the bar has done', () => {
    const { ambiguous } = run('nearer', RISING, (v, react) => {
      v.submit(entry);
      react((point) => point === 3 && v.submit(stop(2, '99.5')));
    });
    assert.deepEqual(ambiguous, []);
  });

  it('walks bars in which nothing but a protective stop is reached the usual way on either path', () => {
    for (const path of ['nearer', 'other'] as const) {
      const { briefs } = run(path, RISING, (v, react) => {
        v.submit(stop(1, '99.5'));
        // A market order shows where the path is.
        react((point) => point === 0 && v.submit({ id: 2, tradeId: 8, quantity: '1' }));
      });
      assert.deepEqual(briefs, ['1 fill 5.00 @ 99.5 taker', '2 fill 1.00 @ 99.0 taker']);
    }
  });
});
