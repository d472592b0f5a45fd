import type { SignalResult } from '../../protocol/history-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { inR, price, utc } from '../format.ts';
import type { Tone } from '../style.ts';
import { type Column, table } from '../table.ts';

export interface SignalsOptions {
  readonly limit?: number;
  readonly symbol?: string;
  readonly since?: number;
}

const COLUMNS: readonly Column<SignalResult>[] = [
  { title: 'id', text: (s) => String(s.signalId), right: true },
  { title: 'venue time', drop: 2, text: (s) => utc(s.at).replace(/:\d{2}Z$/, 'Z'), right: true },
  { title: 'symbol', keep: true, text: (s) => s.symbol },
  { title: 'side', keep: true, drop: 4, text: (s) => s.side },
  { title: 'by', keep: true, drop: 1, text: (s) => s.strategy },
  { title: 'price', drop: 3, text: (s) => price(s.price), right: true },
  { title: 'outcome', text: (s) => outcomeText(s.outcome), tone: (s) => outcomeTone(s.outcome) },
];

/** `breakout signals`. */
export async function signals(context: Context, { limit, symbol, since }: SignalsOptions): Promise<void> {
  const { output } = context;
  const params = {
    ...(limit !== undefined && { limit }),
    ...(symbol !== undefined && { symbol }),
    ...(since !== undefined && { since }),
  };
  const result = await withDaemon(context, (client) => client.call('signals.list', params));
  output.result(result, () => {
    if (result.signals.length === 0) {
      return [symbol === undefined ? 'no signal yet' : `no signal of ${symbol}`];
    }
    const lines = table(COLUMNS, result.signals, output.width, output.paint);
    const more = result.total - result.signals.length;
    const hint = limit === undefined && symbol === undefined && since === undefined && more > 0;
    return hint ? [...lines, '', `${more} older: --limit shows more of them`] : lines;
  });
}

export function outcomeText(outcome: SignalResult['outcome']): string {
  switch (outcome.result) {
    case 'pending':
      return 'being decided';
    case 'refused':
      return `refused: ${outcome.text}`;
    case 'sent':
      return `trade ${outcome.tradeId}: entry sent`;
    case 'unfilled':
      return `trade ${outcome.tradeId}: not filled${outcome.reason === '' ? '' : `, ${outcome.reason}`}`;
    case 'open':
      return `trade ${outcome.tradeId}: open`;
    case 'closed':
      return `trade ${outcome.tradeId}: ${inR(outcome.r)} by ${outcome.exitReason.replaceAll('_', ' ')}`;
  }
}

function outcomeTone(outcome: SignalResult['outcome']): Tone {
  switch (outcome.result) {
    case 'closed':
      return outcome.pnl.startsWith('-') ? 'bad' : 'good';
    case 'open':
      return 'strong';
    case 'refused':
      return 'dim';
    default:
      return 'plain';
  }
}
