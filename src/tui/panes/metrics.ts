/** What the engine has counted, how long it takes to decide, and what it has earned. */
import { grouped, millis, signed } from '../../cli/format.ts';
import type { MetricsResult } from '../../protocol/views.ts';
import { shortSpan } from '../text/figures.ts';
import { type Span, span, type Tone } from '../text/line.ts';
import { type FigureRow, figureRows } from './figure-rows.ts';
import { type Pane, waiting } from './pane.ts';

const gain = (value: number): Tone => (value > 0 ? 'good' : value < 0 ? 'bad' : 'plain');
const inR = (value: number): string => `${signed(value, 2)} R`;

/** Stands out only when there is one. */
const fault = (count: number, what: string): Span =>
  span(count > 0 ? 'warn' : 'plain', `${grouped(count)} ${what}`);

/** The most important first: the last give way. */
function rowsOf(m: MetricsResult): FigureRow[] {
  const net = Number(m.netProfit);
  return [
    { name: 'latency', parts: latencyParts(m) },
    {
      name: 'result',
      parts: [
        span(gain(m.totalR), inR(m.totalR)),
        span(gain(m.dailyPnlR), `${inR(m.dailyPnlR)} today`),
        `drawdown ${inR(m.maxDrawdownR)}`,
      ],
    },
    {
      name: 'money',
      parts: [span(gain(net), `${signed(net, 2)} net`), `${Number(m.fees).toFixed(2)} fees`, equityPart(m)],
    },
    {
      name: 'counts',
      parts: [
        `${grouped(m.totalTrades)} trades`,
        `${grouped(m.totalSignals)} signals`,
        `${grouped(m.scans)} scans`,
      ],
    },
    {
      name: 'candles',
      parts: [
        `${grouped(m.bars)} in ${grouped(m.cycleCount)} closes`,
        m.uptime > 0 ? `${rate(m.bars / m.uptime)}/s` : null,
      ],
    },
    {
      name: 'faults',
      parts: [
        fault(m.gaps, 'gaps'),
        fault(m.missingBars, 'missing'),
        fault(m.lateBars, 'late'),
        fault(m.repeatedBars, 'twice'),
      ],
    },
    { name: 'uptime', parts: [shortSpan(m.uptime * 1000)] },
  ];
}

function latencyParts({ avgLatencyMs, latency }: MetricsResult): readonly (Span | string)[] {
  if (latency === null) return [span('dim', 'no candle decided on yet')];
  return [
    `p50 ${millis(latency.p50Ms)}`,
    `p99 ${millis(latency.p99Ms)}`,
    `max ${millis(latency.maxMs)}`,
    ...(avgLatencyMs === null ? [] : [`mean ${millis(avgLatencyMs)}`]),
    `of ${grouped(latency.count)}`,
  ];
}

const equityPart = ({ equity }: MetricsResult): string | null =>
  equity === null ? null : `${Number(equity).toFixed(2)} equity`;

const rate = (perSecond: number): string => (perSecond < 10 ? perSecond.toFixed(1) : grouped(perSecond));

export const metrics: Pane = {
  id: 'metrics',
  title: 'Metrics',
  hotkey: 'm',
  minWidth: 40,
  minHeight: 4,
  needs: ['metrics'],
  summary: ({ reads }) => (reads.metrics ? `up ${shortSpan(reads.metrics.data.uptime * 1000)}` : ''),
  render({ state, width, height }) {
    const read = state.reads.metrics;
    return read ? figureRows(rowsOf(read.data), width, height) : [waiting(state)];
  },
};
