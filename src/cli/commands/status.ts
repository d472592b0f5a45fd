import type { ResourceHealth } from '../../protocol/health-view.ts';
import type { StatusResult } from '../../protocol/views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { grouped, inR, millis, plural, utc } from '../format.ts';
import type { Paint, Tone } from '../style.ts';
import { block } from '../table.ts';

/** `breakout status`. */
export async function status(context: Context): Promise<void> {
  const { output } = context;
  const { result, health } = await withDaemon(context, async (client) => {
    const status = await client.call('engine.status');
    // What needs no exchange has no trouble with one.
    const asks =
      !output.json && status.venue !== null && !EMBEDDED.has(status.venue) && status.ended === null;
    return { result: status, health: asks ? await client.call('engine.resourceHealth') : null };
  });
  output.result(result, () => statusLines(result, output.paint, output.width, health));
}

const EMBEDDED: ReadonlySet<string> = new Set(['sim', 'replay']);

/** The worst that is the matter, in one line; null when nothing is. */
function troubleLine({ issues }: ResourceHealth, paint: Paint): string | null {
  const worst = issues.find(({ severity }) => severity === 'critical') ?? issues[0];
  if (worst === undefined) return null;
  const more = issues.length === 1 ? '' : `, and ${plural(issues.length - 1, 'more issue')}`;
  return `${paint(worst.severity === 'critical' ? 'bad' : 'warn', worst.message)}${more}: \`breakout health\``;
}

const TONES: Readonly<Partial<Record<StatusResult['state'], Tone>>> = {
  PAUSED: 'warn',
  ERROR: 'bad',
  EMERGENCY: 'bad',
  IDLE: 'dim',
  STOPPED: 'dim',
};

export function statusLines(
  s: StatusResult,
  paint: Paint,
  width?: number,
  health: ResourceHealth | null = null,
): string[] {
  const pairs: [string, string][] = [
    ['state', `${paint(TONES[s.state] ?? 'good', s.state)}${s.stopping ? ', stopping' : ''}`],
  ];
  const trouble = health && troubleLine(health, paint);
  if (trouble !== null) pairs.push(['trouble', trouble]);
  if (health?.venue?.environment === 'test')
    pairs.push(['exchange', paint('warn', 'its test environment: play money')]);
  if (s.pausedBy) {
    pairs.push(['paused', `by ${s.pausedBy.by} at ${utc(s.pausedBy.at)}: ${s.pausedBy.reason}`]);
  }
  if (s.haltedBy) {
    const { rule, value, limit, release, at, reason } = s.haltedBy;
    const figures = value === null || limit === null ? '' : `, ${value} reached ${limit}`;
    const until = release === 'manual' ? 'until `breakout reset`' : 'until the next UTC day';
    pairs.push([
      'halted',
      paint('bad', `${rule.replaceAll('_', ' ')} at ${utc(at)}${figures}, ${until}: ${reason}`),
    ]);
  }
  if (s.preset !== null) pairs.push(['preset', `${s.preset} on ${s.venue ?? '-'}, ${s.mode ?? '-'}`]);
  if (s.account !== null) pairs.push(['account', paint('strong', s.account)]);
  if (s.session !== null)
    pairs.push([
      'session',
      `${s.session}, started ${s.startedAt === null ? '-' : utc(Date.parse(s.startedAt))}`,
    ]);
  if (s.at !== null) pairs.push(['venue time', `${utc(s.at)}${pace(s)}`]);
  if (s.ended)
    pairs.push(['ended', `${s.ended.reason === 'failed' ? paint('bad', 'failed: ') : ''}${s.ended.message}`]);
  if (s.preset !== null) {
    pairs.push(
      [
        'positions',
        `${s.openPositions} open, ${plural(s.pendingEntries, 'entry', 'entries')} waiting, ${s.freeSlots} of ${plural(s.slots, 'slot')} free`,
      ],
      ['today', `${inR(s.dailyR)}, ${plural(s.consecutiveLosses, 'loss', 'losses')} in a row`],
    );
  }
  if (s.equity !== null) pairs.push(['equity', s.equity]);
  if (s.latencyMs !== null) pairs.push(['latency', `${millis(s.latencyMs)} a step`]);
  return block(pairs, paint, width);
}

function pace({ speed, progress }: StatusResult): string {
  const parts: string[] = [];
  if (speed !== null) parts.push(speed === 0 ? 'as fast as it goes' : `${speed} times real time`);
  if (progress) {
    const of = progress.total === null ? '' : ` of ${grouped(progress.total)}`;
    parts.push(`candle ${grouped(progress.done)}${of}`);
  }
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}
