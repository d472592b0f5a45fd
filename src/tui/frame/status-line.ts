/** The two lines at the top, and the third for what must not be overlooked. */
import type { StatusResult } from '../../protocol/views.ts';
import { isStale, SILENT_MS, tradingWord, type ViewState } from '../store/state.ts';
import { age, money, shortSpan, signed } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import {
  fitted,
  type Line,
  line,
  plain,
  type Span,
  span,
  spread,
  type Tone,
  wrappedLine,
} from '../text/line.ts';

type State = StatusResult['state'];

/** The states that the pipeline runs through, in words short enough to be drawn side by side. */
const PIPELINE: readonly (readonly [State, string])[] = [
  ['SCANNING', 'SCAN'],
  ['LEVEL_BUILDING', 'LEVELS'],
  ['SIGNAL_WAIT', 'WAIT'],
  ['SIZING', 'SIZE'],
  ['EXECUTION', 'EXEC'],
  ['MANAGING', 'MANAGE'],
];

const TONES: Readonly<Partial<Record<State, Tone>>> = {
  PAUSED: 'warn',
  ERROR: 'alarm',
  EMERGENCY: 'alarm',
  IDLE: 'dim',
  STOPPED: 'dim',
};

const GAP = '  ';

/** Parts with room between them, the last ones left out where they do not fit. */
function joined(parts: readonly Line[], width: number): Line {
  const shown: Span[] = [];
  let used = 0;
  for (const part of parts) {
    const wide = part.reduce((sum, { text }) => sum + text.length, 0) + (shown.length > 0 ? GAP.length : 0);
    if (wide === 0 || used + wide > width) continue;
    if (shown.length > 0) shown.push(span('plain', GAP));
    shown.push(...part);
    used += wide;
  }
  return shown;
}

export function statusLines(state: ViewState, width: number, glyphs: Glyphs): readonly Line[] {
  return [first(state, width), second(state, width, glyphs)].map((text) => fitted(text, width));
}

function first(state: ViewState, width: number): Line {
  const { status } = state;
  if (status === null)
    return spread(line(span('selected', ` ${absence(state)} `)), connectionWords(state), width);
  const word = tradingWord(status);
  const badge = span(word === 'LIVE' ? 'alarm' : 'selected', ` ${word} `);
  const right = connectionWords(state);
  const room = width - right.reduce((sum, { text }) => sum + text.length, 0) - 1;
  const parts: Line[] = [
    // Whoever has several accounts must not take one for another.
    status.account === null ? line(badge) : line(badge, ' ', span('strong', plain(status.account))),
    line(span(TONES[status.state] ?? 'good', status.state), status.stopping ? span('warn', ' stopping') : ''),
    ...(status.preset === null
      ? [line(span('dim', 'no session'))]
      : [line(span('strong', plain(status.preset)), ` on ${plain(status.venue ?? '-')}`)]),
    ...(status.startedAt === null || status.ended !== null
      ? []
      : [line(span('dim', 'up '), shortSpan(state.now - Date.parse(status.startedAt)))]),
    ...(status.speed === null || status.speed === 1
      ? []
      : [line(span('dim', status.speed === 0 ? 'as fast as it goes' : `${status.speed}x`))]),
    ...(status.at === null
      ? []
      : [line(span('dim', `${new Date(status.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`))]),
  ];
  return spread(joined(parts, room), right, width);
}

/** In place of the mode while nothing is known of the daemon. */
function absence({ connection }: ViewState): string {
  const kind = connection.phase === 'live' ? null : (connection.failure?.kind ?? null);
  return kind === null ? 'CONNECTING' : kind === 'no_daemon' ? 'NO DAEMON' : 'NO CONNECTION';
}

/** The connection and how old the data is, always in words. */
function connectionWords(state: ViewState): Line {
  const { connection, heardAt, now } = state;
  const since = heardAt === null ? null : Math.max(0, now - heardAt);
  switch (connection.phase) {
    case 'live':
      return since === null || since > SILENT_MS
        ? line(span('alarm', ' STALE '), ` no answer for ${since === null ? '-' : age(since)}`)
        : line(span('good', 'connected'), span('dim', ' data '), age(since));
    case 'connecting':
      return line(span('warn', 'connecting'), since === null ? '' : ` STALE ${age(since)}`);
    case 'waiting':
      return line(
        ...(since === null ? [] : [span('alarm', ' STALE '), ` ${age(since)} old `]),
        span('warn', `retry in ${Math.max(1, Math.ceil((connection.retryAt - now) / 1000))}s`),
      );
  }
}

function second(state: ViewState, width: number, glyphs: Glyphs): Line {
  const { status } = state;
  if (status === null) return [];
  const pipeline: Span[] = PIPELINE.flatMap(([of, word], i) => [
    ...(i === 0 ? [] : [span('dim', glyphs.arrow)]),
    of === status.state ? span('selected', `[${word}]`) : span('dim', word),
  ]);
  const health = state.reads.health?.data;
  const used = status.slots - status.freeSlots;
  const parts: Line[] = [
    pipeline,
    // Its orders are real ones, and its money is not.
    ...(health?.venue?.environment === 'test' ? [line(span('warn', 'TEST MONEY'))] : []),
    line(span('dim', 'slots '), `${used}/${status.slots}`),
    line(span('dim', 'day '), span(toneOf(status.dailyR), `${signed(status.dailyR)} R`)),
    line(
      span('dim', 'losses '),
      span(status.consecutiveLosses > 0 ? 'warn' : 'plain', `${status.consecutiveLosses} in a row`),
    ),
    ...(status.equity === null ? [] : [line(span('dim', 'equity '), money(status.equity))]),
    ...(status.latencyMs === null
      ? []
      : [line(span('dim', 'latency '), `${status.latencyMs.toFixed(2)} ms`)]),
    ...(health?.feedAgeSeconds == null
      ? []
      : [line(span('dim', 'feed '), age(health.feedAgeSeconds * 1000))]),
    ...(health === undefined
      ? []
      : [line(span('dim', 'health '), span(health.status === 'healthy' ? 'good' : 'warn', health.status))]),
  ];
  return joined(parts, width);
}

const toneOf = (r: number): Tone => (r > 0 ? 'good' : r < 0 ? 'bad' : 'plain');

/** Who and why come last, and must not be cut off by a narrow terminal. */
const MOST_ALERT_LINES = 2;

/** The gravest thing there is to say; empty when there is nothing. */
export function alertLines(state: ViewState, width: number): readonly Line[] {
  const said = alert(state);
  return said === null ? [] : wrappedLine(said, width, MOST_ALERT_LINES).map((text) => fitted(text, width));
}

function alert(state: ViewState): Line | null {
  const { connection, status } = state;
  if (connection.phase !== 'live' && connection.failure !== null)
    return line(
      span('bad', plain(connection.failure.message)),
      isStale(state) && state.heardAt !== null ? span('dim', ': what is shown is as it was then') : '',
    );
  if (status === null) return null;
  const unprotected = state.positions.filter(({ stop }) => stop === null);
  if (unprotected.length > 0)
    return line(
      span('alarm', ' UNPROTECTED '),
      ` no stop is confirmed for ${unprotected.map(({ symbol }) => plain(symbol)).join(', ')}`,
    );
  if (status.haltedBy !== null) {
    const { rule, by, reason, value, limit, release } = status.haltedBy;
    const figures = value === null || limit === null ? '' : ` ${value} reached ${limit},`;
    const until = release === 'manual' ? 'until `breakout reset`' : 'until the next UTC day';
    return line(
      span('alarm', ' HALTED '),
      plain(` ${rule.replaceAll('_', ' ')} by ${by},${figures} ${until}: ${reason}`),
    );
  }
  if (status.pausedBy !== null) {
    const { by, at, reason } = status.pausedBy;
    const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
    return line(span('warn', 'PAUSED'), plain(` by ${by} at ${when} UTC: ${reason}`));
  }
  if (status.ended !== null)
    return line(
      span(status.ended.reason === 'failed' ? 'bad' : 'dim', plain(`session ended: ${status.ended.message}`)),
    );
  const critical = state.reads.health?.data.issues.find(({ severity }) => severity === 'critical');
  return critical === undefined ? null : line(span('bad', 'CRITICAL'), plain(` ${critical.message}`));
}
