import type { AccountResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { inR, percent, signed } from '../format.ts';
import type { Paint } from '../style.ts';
import { block } from '../table.ts';

const BAR = 20;
/** On a screen with no room for the long one. */
const SHORT_BAR = 6;
const ROOM_FOR_BAR = 70;

type Limit = AccountResult['limits'][number];

/** `breakout account`. */
export async function account(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('account.get'));
  output.result(result, () =>
    result.account === null
      ? ['no account yet: no session has run']
      : lines(result.account, output.paint, output.width),
  );
}

function lines(a: AccountResult, paint: Paint, width: number): string[] {
  return [
    ...block(
      [
        ['equity', `${a.equity}, ${a.startEquity} at the start`],
        ['marked', `${a.markedEquity.toFixed(2)}, open trades ${signed(a.openResult, 2)}`],
        ['realised', `${a.realised}, after ${a.fees} of fees and ${a.funding} of funding`],
        ['today', inR(a.dailyR)],
        ['at risk', `${a.openRisk.toFixed(2)} if every stop is hit`],
        ['held', `${a.openNotional.toFixed(2)} of notional`],
        ['one R', `${a.riskPerTrade.toFixed(2)} in the next trade`],
      ],
      paint,
      width,
    ),
    '',
    ...block(
      a.limits.map(
        (limit) =>
          [
            limit.limit.replaceAll('_', ' '),
            used(limit, width < ROOM_FOR_BAR ? SHORT_BAR : BAR, paint),
          ] as const,
      ),
      paint,
      width,
    ),
  ];
}

/** `[######--------------] 1.20 % of 4.00 %` */
function used(limit: Limit, length: number, paint: Paint): string {
  const share = limit.max > 0 ? Math.min(1, Math.max(0, limit.value / limit.max)) : 1;
  const filled = Math.round(share * length);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(length - filled)}]`;
  const tone = share >= 1 ? 'bad' : share >= 0.75 ? 'warn' : 'plain';
  return `${paint(tone, bar)} ${text(limit, limit.value)} of ${text(limit, limit.max)}`;
}

function text({ unit }: Limit, value: number): string {
  if (unit === 'share') return percent(value, 2);
  return unit === 'multiple' ? `${value.toFixed(2)}x` : String(value);
}
