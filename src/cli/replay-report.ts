/** What a replay came to, as lines. */
import type { StoredSession } from '../journal/rows.ts';
import type { FirstDifference, Replayed } from '../session/keeping/replay-session.ts';
import { orderLines } from './commands/orders.ts';
import { statusLines } from './commands/status.ts';
import { grouped, plural, utc, wrapped } from './format.ts';
import type { Paint } from './style.ts';
import { block } from './table.ts';
import { positionLines } from './trade-tables.ts';

export interface ReplayView {
  readonly until: number | null;
  readonly width: number;
  readonly paint: Paint;
}

export function replayLines(session: StoredSession, replayed: Replayed, view: ReplayView): string[] {
  return [
    ...block(summary(session, replayed, view), view.paint, view.width),
    ...(replayed.difference === null ? [] : ['', ...differenceLines(session.id, replayed.difference, view)]),
    ...(view.until === null || replayed.inputs === 0 ? [] : ['', ...momentLines(session, replayed, view)]),
  ];
}

function summary(session: StoredSession, replayed: Replayed, { paint }: ReplayView): [string, string][] {
  const { difference, inputs, outputs, bars, wallMs, snapshots } = replayed;
  const seconds = wallMs / 1000;
  const pace = bars === 0 ? '' : `, ${grouped(bars)} bars, ${grouped(bars / seconds)} a second`;
  return [
    ['session', `${session.id}, number ${session.ordinal}: ${session.preset.name} on ${session.venue}`],
    ['from', beginning(replayed)],
    [
      'to',
      inputs === 0
        ? 'nothing was recorded before that'
        : `input ${grouped(replayed.seq)} at ${utc(replayed.engine.now)}${ending(session, replayed)}`,
    ],
    ['compared', `${grouped(inputs)} inputs, ${plural(outputs, 'output')}, ${plural(snapshots, 'snapshot')}`],
    ['took', `${seconds.toFixed(2)} s${pace}`],
    [
      'result',
      difference === null
        ? paint('good', 'identical')
        : paint('bad', `different from input ${grouped(difference.seq)} on`),
    ],
  ];
}

function beginning({ begins, after }: Replayed): string {
  switch (begins) {
    case 'new':
      return 'its first input, with a new engine';
    case 'continued':
      return 'its first input, with what the session before had left';
    case 'pruned':
      return `input ${grouped(after + 1)}, by a snapshot: the inputs before are no longer kept`;
  }
}

function ending({ ended, lastSeq }: StoredSession, { whole, difference }: Replayed): string {
  if (difference !== null) return `, the first difference, of ${grouped(lastSeq)}`;
  if (!whole) return `, of ${grouped(lastSeq)}`;
  return ended === null ? ', the last so far' : ', the last';
}

function differenceLines(
  session: string,
  { seq, at, input, of, nth, recorded, now }: FirstDifference,
  { paint, width }: ReplayView,
): string[] {
  const what: [string, string][] =
    of === 'state'
      ? [['state', 'after it the engine is not what the snapshot has, though every output was the same']]
      : [
          ['output', `number ${(nth ?? 0) + 1} of it`],
          ['recorded', recorded === null ? 'none' : JSON.stringify(recorded)],
          ['now', now === null ? 'none' : JSON.stringify(now)],
        ];
  return [
    paint('strong', 'the first difference'),
    ...block([['input', `${grouped(seq)} at ${utc(at)}: ${JSON.stringify(input)}`], ...what], paint, width),
    ...wrapped(
      `sqlite3 has the whole of it: SELECT body, outputs FROM v_inputs WHERE session = '${session}' AND seq = ${seq}`,
      width,
    ),
  ];
}

/** How things stood when the replay ended. */
function momentLines(session: StoredSession, { engine }: Replayed, { width, paint }: ReplayView): string[] {
  const status = {
    ...engine.status(),
    startedAt: new Date(session.startedAt).toISOString(),
    venue: session.venue,
    // Only who trades it asks the exchange for its name.
    account: null,
    session: session.id,
    speed: null,
    progress: null,
    ended: null,
    latencyMs: null,
  };
  const positions = engine.positions();
  const orders = engine
    .orders()
    .filter((order) => !['filled', 'cancelled', 'rejected'].includes(order.status));
  return [
    paint('strong', `how things stood at ${utc(engine.now)}`),
    ...statusLines(status, paint, width),
    '',
    ...(positions.length === 0 ? ['no position is open'] : positionLines(positions, width, paint)),
    '',
    ...(orders.length === 0 ? ['no order is out'] : orderLines(orders, width, paint)),
  ];
}
