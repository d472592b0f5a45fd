import type { ResultOf } from '../../protocol/methods.ts';
import { confirm } from '../confirm.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit.ts';
import { plural, price, wrapped } from '../format.ts';
import type { Paint } from '../style.ts';
import { type Column, table } from '../table.ts';

type Foreign = ResultOf<'reconcile.list'>['foreign'][number];

export interface ReconcileOptions {
  readonly adopt?: string;
  readonly ignore?: string;
  readonly yes?: boolean;
}

/** `breakout reconcile`. */
export async function reconcile(context: Context, options: ReconcileOptions): Promise<void> {
  const { adopt, ignore, yes = false } = options;
  if (adopt !== undefined) await adoptSymbol(context, adopt, yes);
  else if (ignore !== undefined) await ignoreSymbol(context, ignore, yes);
  else if (yes) throw usageError('--yes goes with --adopt or --ignore');
  else await list(context);
}

async function list(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('reconcile.list'));
  output.result(result, () => foreignLines(result.foreign, output.width, output.paint));
}

async function adoptSymbol(context: Context, symbol: string, yes: boolean): Promise<void> {
  await confirm(
    yes,
    `Take over what the account holds of ${symbol}? The bot gives it a stop and closes it by the preset's rules.`,
    'reconcile --adopt hands a position over to the bot',
  );
  const result = await withDaemon(context, (client) => client.call('reconcile.adopt', { symbol }));
  context.output.result(result, () => [result.message]);
}

async function ignoreSymbol(context: Context, symbol: string, yes: boolean): Promise<void> {
  await confirm(
    yes,
    `Leave what the account holds of ${symbol} alone? The bot gives it no stop, and trades beside it.`,
    'reconcile --ignore leaves a position without the protection of the bot',
  );
  const result = await withDaemon(context, (client) => client.call('reconcile.ignore', { symbol }));
  context.output.result(result, () => [result.message]);
}

const COLUMNS: readonly Column<Foreign>[] = [
  { title: 'symbol', keep: true, text: (f) => f.symbol },
  { title: 'quantity', text: (f) => f.quantity, right: true },
  { title: 'price', drop: 2, text: (f) => (f.price === null ? '-' : price(f.price)), right: true },
  { title: 'orders', drop: 1, text: (f) => String(f.orders), right: true },
  {
    title: 'decision',
    text: (f) => (f.decision === null ? 'due' : `${f.decision}, said by ${f.by ?? 'engine'}`),
    tone: (f) => (f.decision === null ? 'bad' : 'plain'),
  },
];

export function foreignLines(foreign: readonly Foreign[], width: number, paint: Paint): string[] {
  if (foreign.length === 0) return ["nothing there that is not the bot's"];
  const due = foreign.filter(({ decision }) => decision === null);
  return [
    ...table(COLUMNS, foreign, width, paint),
    '',
    ...(due.length === 0 ? ['all of it is decided on'] : whatToSay(due)).flatMap((text) =>
      wrapped(text, width),
    ),
  ];
}

/** The commands that decide, as they can be typed. */
function whatToSay(due: readonly Foreign[]): string[] {
  return [
    `${plural(due.length, 'decision is', 'decisions are')} due, and until then no entry is sent:`,
    ...due.flatMap(({ symbol, price }) => [
      ...(price === null ? [] : [`breakout reconcile --adopt ${symbol}`]),
      `breakout reconcile --ignore ${symbol}`,
    ]),
  ];
}
