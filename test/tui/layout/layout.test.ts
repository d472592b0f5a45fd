import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Layout, type LayoutOptions, layout, type Rect } from '../../../src/tui/layout/layout.ts';
import { PANE_IDS } from '../../../src/tui/panes/pane.ts';

const ALL: LayoutOptions = {
  panes: PANE_IDS.map((id) => ({ id, minWidth: 30, minHeight: 4 })),
  alert: 0,
  zoom: null,
};

type Placed = Extract<Layout, { kind: 'panes' }>;

function at(columns: number, rows: number, options = ALL): Placed {
  const made = layout(columns, rows, options);
  assert.equal(made.kind, 'panes');
  return made;
}

const idsOf = (made: Placed): string[] => made.panes.map(({ id }) => id);

function rectsOf({ status, alert, panes, keys }: Placed): Rect[] {
  return [status, ...(alert ? [alert] : []), ...panes.map(({ rect }) => rect), keys];
}

function assertSound(made: Placed, columns: number, rows: number): void {
  assert.equal(made.height, rows - 1, 'a frame of full height scrolls in some terminals');
  const taken = new Set<number>();
  for (const { x, y, width, height } of rectsOf(made)) {
    assert.ok(width > 0 && height > 0);
    assert.ok(x >= 0 && y >= 0 && x + width <= columns && y + height <= rows - 1, 'it leaves the screen');
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        const cell = row * columns + column;
        assert.ok(!taken.has(cell), `two things stand at ${column},${row}`);
        taken.add(cell);
      }
    }
  }
}

test('at the smallest size the positions and the last events are there, and nothing else that would squeeze them', () => {
  assert.deepEqual(idsOf(at(80, 24)), ['positions', 'events']);
});

test('a wider terminal shows candidates, levels and risk beside the positions, a wall of it everything', () => {
  const medium = idsOf(at(120, 40));
  for (const id of ['positions', 'candidates', 'signals', 'risk', 'events'])
    assert.ok(medium.includes(id), id);
  assert.deepEqual(idsOf(at(200, 60)).sort(), [...PANE_IDS].sort());
});

test('nothing overlaps and nothing leaves the screen, at any size, whatever panes there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 80, max: 300 }),
      fc.integer({ min: 24, max: 100 }),
      fc.subarray([...PANE_IDS], { minLength: 1 }),
      fc.integer({ min: 20, max: 70 }),
      fc.integer({ min: 3, max: 10 }),
      fc.integer({ min: 0, max: 2 }),
      (columns, rows, ids, minWidth, minHeight, alert) => {
        const panes = ids.map((id) => ({ id, minWidth, minHeight }));
        const made = at(columns, rows, { panes, alert, zoom: null });
        assertSound(made, columns, rows);
        for (const { rect } of made.panes) {
          assert.ok(rect.width >= minWidth && rect.height >= minHeight, 'a pane is too small to read');
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('every size from 80x24 to 300x100 has the positions and the events on it', () => {
  for (let columns = 80; columns <= 300; columns++) {
    for (let rows = 24; rows <= 100; rows++) {
      const ids = idsOf(at(columns, rows));
      assert.ok(ids.includes('positions') && ids.includes('events'), `${columns}x${rows}`);
    }
  }
});

test('a zoomed pane has the whole screen between the status and the keys', () => {
  const made = at(100, 30, { ...ALL, zoom: 'levels', alert: 1 });
  assert.deepEqual(made.panes, [{ id: 'levels', rect: { x: 0, y: 3, width: 100, height: 25 } }]);
  assertSound(made, 100, 30);
});

test('a terminal that is too small is told what is needed instead of a broken screen', () => {
  assert.equal(layout(79, 24, ALL).kind, 'too_small');
  assert.equal(layout(80, 23, ALL).kind, 'too_small');
});
