import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose } from '../../../src/tui/frame/compose.ts';
import type { Region } from '../../../src/tui/frame/region.ts';
import { Remembered } from '../../../src/tui/frame/remembered.ts';
import type { Standing } from '../../../src/tui/frame/standing.ts';
import { bindings } from '../../../src/tui/keys/table.ts';
import { initialUi } from '../../../src/tui/keys/ui-state.ts';
import { PANES } from '../../../src/tui/panes/registry.ts';
import { Feed } from '../../../src/tui/store/feed.ts';
import { READ_NAMES } from '../../../src/tui/store/reads.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { themeOf } from '../../../src/tui/text/theme.ts';
import { daemonHere, onEnd } from '../../daemon/support.ts';
import { answered, having, someHealth, someMetrics } from '../panes/reading-samples.ts';
import { aPosition, aState } from '../samples.ts';
import { until } from '../until.ts';

const table = bindings(false);
const theme = themeOf({ color: true, ascii: false });

function standing(state: ViewState, over: Partial<Standing['ui']> = {}): Standing {
  return { state, ui: { ...initialUi(200, 60), ...over }, panes: PANES };
}

/** A screen after another, by the regions that are other objects than before. */
function drawing(): (next: Standing) => { readonly regions: readonly Region[]; readonly anew: string[] } {
  const remembered = new Remembered();
  let before: readonly Region[] = [];
  return (next) => {
    const regions = compose({ ...next, table, theme, remembered });
    const anew = regions.filter((region) => !before.includes(region)).map(({ id }) => id);
    before = regions;
    return { regions, anew };
  };
}

test('a new price moves the panes that show it, and no other is made anew', () => {
  const draw = drawing();
  const state = aState();
  draw(standing(state));
  const prices = new Map([['SOLUSDT', { price: '103.5', at: state.now }]]);
  const { regions, anew } = draw(standing({ ...state, prices }));
  assert.deepEqual(anew, ['positions']);
  assert.match(regions.find(({ id }) => id === 'positions')?.text ?? '', /103\.5/);
});

test('a pane is drawn anew when what it shows has changed, is first read, or can no longer be read', () => {
  const draw = drawing();
  const health = answered(someHealth());
  draw(standing(having({ health })));
  const first = answered(someMetrics());
  assert.deepEqual(draw(standing(having({ health, metrics: first }))).anew, ['metrics']);
  const error = 'no answer in time';
  const failed = draw(standing(having({ health, metrics: { ...first, error } })));
  assert.match(failed.regions.find(({ id }) => id === 'metrics')?.text ?? '', /metrics cannot be read/);
});

test('figures that are stale are marked on every pane, though none of them has changed', () => {
  const draw = drawing();
  const state = aState();
  draw(standing(state));
  const { regions } = draw(standing({ ...state, now: state.now + 60_000 }));
  for (const { id, text } of regions) if (id !== 'keys') assert.match(text, /STALE/, id);
});

test('focus, selection, filter and size are seen at once', () => {
  const draw = drawing();
  const state = aState();
  draw(standing(state));
  assert.deepEqual(draw(standing(state, { focus: 'events' })).anew.sort(), ['events', 'positions']);
  const selected = draw(standing(state, { focus: 'events', selected: { positions: 'trade 8' } })).anew;
  assert.ok(selected.includes('positions'));
  const filtered = draw(standing(state, { focus: 'events', filters: { positions: 'btc' } }));
  const positions = filtered.regions.find(({ id }) => id === 'positions')?.text ?? '';
  assert.doesNotMatch(positions, /SOLUSDT/);
  const larger = draw(standing(state, { columns: 240 }));
  assert.ok(larger.anew.includes('status') && larger.anew.includes('positions'));
});

test('a position that loses its stop is said though the state is otherwise the same', () => {
  const draw = drawing();
  const state = aState();
  draw(standing(state));
  const { regions } = draw(standing({ ...state, positions: [aPosition({ stop: null })] }));
  assert.match(regions.find(({ id }) => id === 'alert')?.text ?? '', /UNPROTECTED/);
  const next = draw(standing({ ...state, positions: [aPosition({ symbol: 'XRPUSDT', stop: null })] }));
  assert.match(next.regions.find(({ id }) => id === 'alert')?.text ?? '', /XRPUSDT/);
});

/** Screens of a running session that are looked at. */
const SCREENS = 40;

test('on a running session every remembered screen is the one that would be made from nothing', async (t) => {
  const { paths, client } = await daemonHere(t);
  const feed = new Feed({ socketPath: paths.socketPath, delayMs: 5, intervalMs: 20 });
  onEnd(t, () => feed[Symbol.asyncDispose]());
  const draw = drawing();
  feed.want(new Set(READ_NAMES), { symbol: null });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 21_000 });
  let seen = 0;
  await until(feed.store, (state) => {
    const symbol = state.prices.keys().next().value ?? null;
    feed.want(new Set(READ_NAMES), { symbol });
    const now = standing(state);
    assert.deepEqual(draw(now).regions, compose({ ...now, table, theme, remembered: new Remembered() }));
    seen += 1;
    return seen >= SCREENS && state.news.length > 0 && state.reads.candidates !== undefined;
  });
});
