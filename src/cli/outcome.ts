import type { ControlClient } from '../protocol/client.ts';
import type { MetricsResult, PositionResult } from '../protocol/views.ts';
import { inR, percent, plural } from './format.ts';
import type { Paint } from './style.ts';
import { block } from './table.ts';
import type { SessionEnd } from './watch-session.ts';

/** What a session came to, as `start --follow` and `start --for` tell it at the end. */
export interface Outcome {
  readonly session: string | null;
  readonly ended: SessionEnd;
  readonly trades: number;
  readonly wins: number;
  readonly openPositions: readonly PositionResult[];
  readonly metrics: MetricsResult;
}

export async function readOutcome(client: ControlClient, ended: SessionEnd): Promise<Outcome> {
  const [{ session, trades, openPositions }, metrics] = await Promise.all([
    client.call('trades.list'),
    client.call('engine.metrics'),
  ]);
  const wins = trades.filter(({ pnl }) => isGain(pnl)).length;
  return { session, ended, trades: trades.length, wins, openPositions, metrics };
}

/** A decimal above zero, told from its text: a trade of plus or minus nothing is no gain. */
function isGain(pnl: string): boolean {
  return !pnl.startsWith('-') && /[1-9]/.test(pnl);
}

export function outcomeLines(
  { ended, trades, wins, openPositions, metrics }: Outcome,
  paint: Paint,
  width?: number,
): string[] {
  const won = trades === 0 ? '' : `, ${wins} won (${percent(wins / trades, 0)})`;
  const good = !metrics.netProfit.startsWith('-');
  return block(
    [
      ['session', ended.message],
      ['signals', String(metrics.totalSignals)],
      ['trades', `${trades}${won}`],
      [
        'result',
        paint(
          good ? 'good' : 'bad',
          `${inR(metrics.totalR)}, net ${metrics.netProfit} after ${metrics.fees} of fees`,
        ),
      ],
      ['equity', metrics.equity ?? '-'],
      [
        'open',
        openPositions.length === 0
          ? 'nothing'
          : `${plural(openPositions.length, 'position')}, marked to the last close (see \`breakout trades\`)`,
      ],
    ],
    paint,
    width,
  );
}
