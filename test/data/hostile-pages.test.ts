/** Pages as exchanges should not give them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, DAY, MINUTE } from '../../src/market/time.ts';
import { type ServedBybit, servedBybit } from '../venue/ccxt/served-bybit.ts';
import { rig } from './rig.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 2, 30);
const END = Math.floor(NOW / BASE) * BASE;
/** Two weeks ago, in the middle of a day. */
const LISTED = END - 4_000 * BASE;

type Row = readonly string[];

let server: ServedBybit;
/** Requests for candles of five minutes, and of days. */
let pages: { fine: number; days: number };

before(async () => {
  server = await servedBybit();
  tellTime(NOW);
});
after(() => server.close());

function tellTime(time: number): void {
  const result = { timeSecond: String(Math.floor(time / 1_000)), timeNano: `${time}000000` };
  server.answer('/v5/market/time', () => ({ whole: { retCode: 0, retMsg: 'OK', result, time } }));
}

function row(at: number): Row {
  const open = 1_000 + ((at / BASE) % 500);
  return [String(at), String(open), String(open + 3), String(open - 2), String(open + 1), '12.5', '800000'];
}

interface Ways {
  readonly has?: (at: number) => boolean;
  /** What becomes of the rows of a page, oldest first. */
  readonly page?: (rows: Row[], limit: number) => Row[];
}

/** Serves what there is from `LISTED` on, the open candle too. */
function serve({ has = () => true, page = (rows) => rows }: Ways): void {
  pages = { fine: 0, days: 0 };
  server.answer('/v5/market/kline', ({ query }) => {
    const start = Number(query.get('start'));
    const limit = Number(query.get('limit'));
    const daily = query.get('interval') === 'D';
    const step = daily ? DAY : BASE;
    pages[daily ? 'days' : 'fine'] += 1;
    const rows: Row[] = [];
    const first = Math.ceil(start / step) * step;
    for (let at = first; at < first + limit * step && at <= NOW; at += step)
      if (at + step > LISTED && (daily || (at >= LISTED && has(at)))) rows.push(row(at));
    return { result: { category: 'linear', symbol: 'BTCUSDT', list: page(rows, limit).reverse() } };
  });
}

const COUNT = (END - LISTED) / BASE;

test('a market that is younger than the start is found by its days, in a few requests', async (t) => {
  serve({});
  const on = rig(t, 'bybit', server.urls);
  const { series } = await on.run({ since: Date.UTC(2018, 0) });
  assert.deepEqual([series[0]?.first, series[0]?.candles, series[0]?.gaps], [LISTED, COUNT, []]);
  assert.ok(pages.fine + pages.days < 20, JSON.stringify(pages));
  // That there was nothing is kept: it is not asked for again.
  serve({});
  await on.run({ since: Date.UTC(2018, 0) });
  assert.deepEqual(pages, { fine: 0, days: 0 });
});

test('a week without a candle is a gap, and what is behind it is found', async (t) => {
  const from = LISTED + 600 * BASE;
  serve({ has: (at) => at < from || at >= from + 2_500 * BASE });
  const { series } = await rig(t, 'bybit', server.urls).run({ since: LISTED });
  assert.deepEqual(series[0]?.gaps, [{ from, to: from + 2_500 * BASE, missing: 2_500 }]);
  assert.equal(series[0]?.candles, COUNT - 2_500);
});

const HOSTILE: Readonly<Record<string, Ways['page']>> = {
  'fewer than it was asked for, the first ones': (rows) => rows.slice(0, 137),
  'fewer than it was asked for, the last ones': (rows) => rows.slice(-137),
  'each row twice': (rows) => rows.flatMap((each) => [each, each]),
  'the end of the page before once more': (rows) => {
    const at = Number(rows[0]?.[0]);
    return [at - 2 * BASE, at - BASE]
      .filter((time) => time >= LISTED)
      .map(row)
      .concat(rows);
  },
  'rows from behind what was asked for': (rows) => {
    const at = Number(rows.at(-1)?.[0]);
    return [...rows, ...(at + BASE * 9 < NOW ? [row(at + 9 * BASE)] : [])];
  },
};

for (const [name, page] of Object.entries(HOSTILE))
  test(`an exchange that gives ${name}: every closed candle is there once`, async (t) => {
    serve({ ...(page && { page }) });
    const on = rig(t, 'bybit', server.urls);
    const { series, until } = await on.run({ since: LISTED });
    assert.equal(until, END);
    assert.deepEqual([series[0]?.candles, series[0]?.gaps, series[0]?.refused], [COUNT, [], 0]);
    assert.equal(await on.bars(), COUNT);
  });

test('rows that are no candles are counted, and left out', async (t) => {
  const bad = LISTED + 50 * BASE;
  serve({
    page: (rows) =>
      rows.map((each) => (Number(each[0]) === bad ? [String(bad), '10', '8', '9', '9', '1', '1'] : each)),
  });
  const { series } = await rig(t, 'bybit', server.urls).run({ since: LISTED });
  assert.deepEqual(series[0]?.gaps, [{ from: bad, to: bad + BASE, missing: 1 }]);
  assert.equal(series[0]?.refused, 1);
});

test('a candle that closed a moment ago is left for the next time: it may still be put right', async (t) => {
  serve({});
  tellTime(END + 4_000);
  const { until, series } = await rig(t, 'bybit', server.urls).run({ since: END - 30 * MINUTE });
  assert.deepEqual([until, series[0]?.last], [END - BASE, END - 2 * BASE]);
});
