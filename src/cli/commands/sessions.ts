import type { ControlClient } from '../../protocol/client.ts';
import type { SessionDetailResult, SessionSummaryResult } from '../../protocol/history-views.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';
import { grouped, inR, percent, plural, signed, utc } from '../format.ts';
import type { Paint, Tone } from '../style.ts';
import { block, type Column, table } from '../table.ts';

/** `breakout sessions list`. */
export async function sessionsList(
  context: Context,
  { limit, before }: { readonly limit?: number; readonly before?: number },
): Promise<void> {
  const { output } = context;
  const params = { ...(limit !== undefined && { limit }), ...(before !== undefined && { before }) };
  const result = await withDaemon(context, (client) => client.call('sessions.list', params));
  output.result(result, () =>
    result.sessions.length === 0
      ? ['no session has been started yet']
      : table(SESSION_COLUMNS, result.sessions, output.width, output.paint),
  );
}

/** `breakout sessions show`. */
export async function sessionsShow(
  context: Context,
  named: string | undefined,
  { preset }: { readonly preset?: boolean },
): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, async (client) =>
    client.call('sessions.get', await sessionParam(client, named)),
  );
  const { session } = result;
  if (preset === true) {
    output.result(session.preset.values, () => [JSON.stringify(session.preset.values, null, 2)]);
    return;
  }
  output.result(result, () => sessionLines(session, output.paint, output.width));
}

/** `breakout sessions checkpoints`. */
export async function sessionsCheckpoints(
  context: Context,
  named: string | undefined,
  { limit, since }: { readonly limit?: number; readonly since?: number },
): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, async (client) =>
    client.call('sessions.checkpoints', {
      ...(await sessionParam(client, named)),
      ...(limit !== undefined && { limit }),
      ...(since !== undefined && { since }),
    }),
  );
  output.result(result, () => {
    const { checkpoints, dropped } = result;
    const lines =
      checkpoints.length === 0
        ? ['no checkpoint after that']
        : table(CHECKPOINT_COLUMNS, checkpoints, output.width, output.paint);
    return dropped === 0
      ? lines
      : [...lines, '', `${plural(dropped, 'older checkpoint')} no longer held by the daemon`];
  });
}

const ORDINAL = /^\d{1,9}$/;

/** What a person calls a session by: its number in the list stands for its id. */
async function sessionParam(client: ControlClient, named: string | undefined): Promise<{ id?: string }> {
  if (named === undefined) return {};
  if (!ORDINAL.test(named)) return { id: named };
  const ordinal = Number(named);
  const { sessions } = await client.call('sessions.list', { limit: 1, before: ordinal + 1 });
  const [found] = sessions;
  if (found?.ordinal !== ordinal) {
    throw new CliError('SESSION_UNKNOWN', `there is no session number ${ordinal}`, {
      hint: '`breakout sessions` lists them',
    });
  }
  return { id: found.id };
}

const SESSION_COLUMNS: readonly Column<SessionSummaryResult>[] = [
  { title: '#', text: (s) => String(s.ordinal), right: true },
  // An id that is cut cannot be copied.
  { title: 'session', text: (s) => s.id, keep: true },
  { title: 'preset', drop: 3, text: (s) => s.preset.name },
  { title: 'venue', drop: 2, text: (s) => s.venue },
  { title: 'by', drop: 1, text: (s) => s.started.by },
  {
    title: 'trades',
    drop: 4,
    text: (s) => (s.figures === null ? '-' : String(s.figures.trades)),
    right: true,
  },
  {
    title: 'R',
    text: (s) => (s.figures === null ? '-' : signed(s.figures.totalR, 2)),
    right: true,
    tone: (s) => (s.figures === null ? 'plain' : gain(s.figures.netProfit)),
  },
  { title: 'state', text: stateText, tone: (s) => (s.ended?.reason === 'failed' ? 'bad' : 'plain') },
];

function stateText({ state, stoppedBy, ended }: SessionSummaryResult): string {
  if (ended !== null) return ended.reason.replaceAll('_', ' ');
  return stoppedBy === null ? state : 'stopped, positions open';
}

export function sessionLines(session: SessionDetailResult, paint: Paint, width?: number): string[] {
  const { preset, options, started, starts, ended, stoppedBy, figures } = session;
  const later = starts
    .slice(1)
    .map(({ by, wallAt }) => ['started again', `${utc(wallAt)} by ${by}`] as const);
  return block(
    [
      ['session', `${session.id}, number ${session.ordinal}`],
      ['preset', `${preset.name}, sha256 ${preset.hash.slice(0, 16)}… (\`--preset\` prints it)`],
      ['mode', session.mode],
      ['venue', `${session.venue}, ${plural(session.symbols, 'symbol')}${optionText(options)}`],
      ['speed', options.speed === 0 ? 'as fast as it goes' : `${options.speed} x`],
      ['started', `${utc(started.wallAt)} by ${started.by}, venue time ${utc(started.at)}`],
      ...later,
      ...(stoppedBy === null ? [] : [['stopped by', stoppedBy] as const]),
      ended === null
        ? ['state', stateText(session)]
        : [
            'ended',
            paint(
              ended.reason === 'failed' ? 'bad' : 'plain',
              `${utc(ended.wallAt)}, venue time ${utc(ended.at)}: ${ended.message}`,
            ),
          ],
      ...figureLines(options.equity, figures, paint),
    ],
    paint,
    width,
  );
}

function optionText({ data, seed, from, to, symbols }: SessionDetailResult['options']): string {
  return [
    ...(data === null ? [] : [`data ${data}`]),
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(from === null ? [] : [`from ${utc(from)}`]),
    ...(to === null ? [] : [`to ${utc(to)}`]),
    ...(symbols === null ? [] : [`asked for ${symbols.join(', ')}`]),
  ]
    .map((text) => `, ${text}`)
    .join('');
}

function figureLines(
  equity: string,
  figures: SessionDetailResult['figures'],
  paint: Paint,
): (readonly [string, string])[] {
  if (figures === null) return [['figures', 'none: the engine did not take the start']];
  const { netProfit, fees, totalR, maxDrawdown, maxDrawdownR } = figures;
  return [
    ['bars', grouped(figures.bars)],
    ['signals', grouped(figures.signals)],
    ['trades', `${grouped(figures.trades)}, ${figures.won} won, ${figures.lost} lost`],
    ['result', paint(gain(netProfit), `${inR(totalR)}, net ${netProfit} after ${fees} of fees`)],
    ['equity', `${figures.equity}, from ${equity}`],
    ['drawdown', `${percent(maxDrawdown, 2)} of marked equity, ${inR(maxDrawdownR)} of finished trades`],
    ['open', plural(figures.openPositions, 'position')],
  ];
}

const CHECKPOINT_COLUMNS: readonly Column<ResultOf<'sessions.checkpoints'>['checkpoints'][number]>[] = [
  { title: 'seq', drop: 4, text: (c) => String(c.seq), right: true },
  { title: 'venue time', drop: 3, text: (c) => utc(c.at).replace(/:\d{2}Z$/, 'Z'), right: true },
  {
    title: 'milestone',
    keep: true,
    text: (c) => c.name.replaceAll('_', ' '),
    tone: (c) => (ALARMS.has(c.name) ? 'bad' : 'plain'),
  },
  { title: 'equity', drop: 2, text: (c) => Number(c.figures.equity).toFixed(2), right: true },
  { title: 'open', drop: 1, text: (c) => String(c.figures.openPositions), right: true },
  { title: 'note', text: (c) => c.note },
];

const ALARMS: ReadonlySet<string> = new Set(['halted', 'emergency', 'error']);

function gain(decimal: string): Tone {
  return decimal.startsWith('-') ? 'bad' : 'good';
}
