import type { MetricsResult } from '../../protocol/views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { grouped, inR, millis, span } from '../format.ts';
import type { Paint } from '../style.ts';
import { block } from '../table.ts';

/** `breakout metrics`. */
export async function metrics(context: Context, options: { readonly prometheus?: true }): Promise<void> {
  if (options.prometheus) {
    const exposition = await withDaemon(context, (client) => client.call('metrics.prometheus'));
    context.output.result(exposition, () => [exposition.text.trimEnd()]);
    return;
  }
  const result = await withDaemon(context, (client) => client.call('engine.metrics'));
  context.output.result(result, () => metricsLines(result, context.output.paint, context.output.width));
}

export function metricsLines(m: MetricsResult, paint: Paint, width?: number): string[] {
  return block(
    [
      ['uptime', span(m.uptime * 1000)],
      [
        'bars',
        `${grouped(m.bars)} in ${grouped(m.cycleCount)} close times, ${m.gaps} gaps (${m.missingBars} missing), ${m.lateBars} late, ${m.repeatedBars} twice`,
      ],
      ['scans', grouped(m.scans)],
      ['signals', grouped(m.totalSignals)],
      ['trades', grouped(m.totalTrades)],
      ['today', inR(m.dailyPnlR)],
      ['total', `${inR(m.totalR)}, largest fall ${inR(m.maxDrawdownR)}`],
      ['net profit', `${m.netProfit}, after ${m.fees} of fees`],
      ['equity', m.equity ?? '-'],
      ['latency', latencyText(m)],
    ],
    paint,
    width,
  );
}

export function latencyText({ avgLatencyMs, latency }: MetricsResult): string {
  if (latency === null) return 'no step yet';
  return `${millis(avgLatencyMs)} a step on average, median ${millis(latency.p50Ms)}, p99 ${millis(latency.p99Ms)}, longest ${millis(latency.maxMs)}`;
}
