/** The daemon as a process and what it lives on. What has reached a threshold stands first, with the threshold. */
import { grouped, millis, plural } from '../../cli/format.ts';
import type { ResourceHealth } from '../../protocol/health-view.ts';
import { age, shortSpan } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, line, plain, type Span, span, type Tone } from '../text/line.ts';
import { exchangeRows } from './exchange-rows.ts';
import { type FigureRow, figureRow } from './figure-rows.ts';
import { type Pane, waiting } from './pane.ts';

type Issue = ResourceHealth['issues'][number];

const TONES: Readonly<Record<ResourceHealth['status'], Tone>> = {
  healthy: 'good',
  warning: 'warn',
  critical: 'bad',
};

const BAR = 10;
/** Below this width there are no bars. */
const BARS_FROM = 50;

const mib = (value: number): string =>
  value < 10_240 ? `${grouped(value)} MiB` : `${(value / 1024).toFixed(1)} GiB`;

const percent = (value: number): string => `${value.toFixed(1)} %`;

/** Filled as far as the percentage goes; more than a hundred is a full bar. */
function bar(value: number, width: number, glyphs: Glyphs): string | null {
  if (width < BARS_FROM) return null;
  const full = Math.min(BAR, Math.max(value > 0 ? 1 : 0, Math.round((value / 100) * BAR)));
  return glyphs.barFull.repeat(full) + glyphs.barEmpty.repeat(BAR - full);
}

/** What is said of a figure whose issue is among the codes: the word of the worst, in its tone. */
function verdict(issues: readonly Issue[], ...codes: readonly string[]): Span | null {
  const found = issues.filter(({ code }) => codes.includes(code));
  const worst = found.find(({ severity }) => severity === 'critical') ?? found[0];
  return worst === undefined ? null : span(TONES[worst.severity], worst.severity);
}

function whyNot({ notMeasured }: ResourceHealth, figure: string): Span {
  const reason = notMeasured.find((each) => each.figure === figure)?.reason;
  return span('dim', reason === undefined ? 'not measured' : `not measured: ${plain(reason)}`);
}

/** The most important first: the last give way. */
function figuresOf(h: ResourceHealth, width: number, glyphs: Glyphs): FigureRow[] {
  const { issues, memory, cpu, eventLoop, openFiles } = h;
  return [
    ...(h.venue === null ? [] : exchangeRows(h.venue)),
    {
      name: 'cpu',
      parts:
        h.cpuPercent === null
          ? [whyNot(h, 'cpuPercent')]
          : [
              bar(h.cpuPercent, width, glyphs),
              `${percent(h.cpuPercent)} of a core`,
              verdict(issues, 'CPU_HIGH'),
              `load ${cpu.load.map((value) => value.toFixed(2)).join(' ')} on ${plural(cpu.cores, 'core')}`,
            ],
    },
    {
      name: 'memory',
      parts: [
        bar(h.memoryPercent, width, glyphs),
        percent(h.memoryPercent),
        verdict(issues, 'MEMORY_HIGH', 'MEMORY_SCARCE', 'HEAP_HIGH'),
        `${mib(h.memoryUsedMb)} of ${mib(memory.limitMb)}`,
        `heap ${mib(h.heapUsedMb)} of ${mib(memory.heapLimitMb)}`,
        memory.availableMb === null ? null : `${mib(memory.availableMb)} left`,
      ],
    },
    {
      name: 'disk',
      parts:
        h.diskUsagePercent === null || h.diskFreeMb === null
          ? [whyNot(h, 'diskUsagePercent')]
          : [
              bar(h.diskUsagePercent, width, glyphs),
              percent(h.diskUsagePercent),
              verdict(issues, 'DISK_HIGH', 'STATE_NOT_WRITABLE'),
              `${mib(h.diskFreeMb)} free`,
            ],
    },
    {
      name: 'loop',
      parts:
        eventLoop === null
          ? [whyNot(h, 'eventLoopLagMs')]
          : [
              `p99 ${millis(eventLoop.p99Ms)} late`,
              verdict(issues, 'EVENT_LOOP_SLOW', 'EVENT_LOOP_STALLED'),
              `max ${millis(eventLoop.maxMs)}`,
              `mean ${millis(eventLoop.meanMs)}`,
              `over ${shortSpan(eventLoop.windowSeconds * 1000)}`,
            ],
    },
    { name: 'feed', parts: feedParts(h) },
    {
      name: 'journal',
      parts: [h.journalLagMs === null ? whyNot(h, 'journalLagMs') : `${millis(h.journalLagMs)} a commit`],
    },
    {
      name: 'files',
      parts:
        openFiles === null
          ? [whyNot(h, 'openFiles')]
          : [
              openFiles.limit === null
                ? `${openFiles.open} open, no limit`
                : `${openFiles.open} of ${grouped(openFiles.limit)}`,
              verdict(issues, 'FILES_HIGH'),
              plural(h.openHandles, 'handle'),
            ],
    },
    {
      name: 'clients',
      parts: [
        plural(h.connections, 'connection'),
        plural(h.subscribers, 'subscription'),
        `${plural(h.eventBacklog, 'event')} waiting`,
      ],
    },
  ];
}

function feedParts(h: ResourceHealth): FigureRow['parts'] {
  const { feedAgeSeconds: last, feedExpectedSeconds: expected } = h;
  if (last === null || expected === null) return [whyNot(h, 'feedAgeSeconds')];
  return [
    `candles ${age(last * 1000)} ago`,
    verdict(h.issues, 'FEED_STALE'),
    expected === 0 ? 'as fast as they go' : `one every ${pace(expected)}`,
  ];
}

const pace = (seconds: number): string =>
  seconds < 10 ? `${Number(seconds.toPrecision(2))}s` : shortSpan(seconds * 1000);

function issueLine({ code, severity, message, threshold }: Issue): Line {
  const at = threshold === null ? '' : `, ${severity} from ${Number(threshold.toPrecision(3))}`;
  return line(
    span(TONES[severity], ` ${severity.padEnd(9)}`),
    plain(message),
    span('dim', ` (${plain(code)}${at})`),
  );
}

const bySeverity = (a: Issue, b: Issue): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical');

export const health: Pane = {
  id: 'health',
  title: 'Health',
  hotkey: 'H',
  minWidth: 40,
  minHeight: 4,
  needs: ['health'],
  summary({ reads, now }) {
    if (!reads.health) return '';
    const { status, issues, measuredAt } = reads.health.data;
    const found = issues.length === 0 ? '' : `, ${plural(issues.length, 'issue')}`;
    return `${status}${found}, measured ${shortSpan(now - Date.parse(measuredAt))} ago`;
  },
  render({ state, width, height, glyphs }) {
    const read = state.reads.health;
    if (!read) return [waiting(state)];
    const { issues } = read.data;
    // The figures keep half of the pane: an issue says what, they say how far it is with the rest.
    const most = Math.max(1, Math.ceil(height / 2));
    const sorted = [...issues].sort(bySeverity);
    const shown = sorted.length <= most ? sorted : sorted.slice(0, most - 1);
    const hidden = sorted.length - shown.length;
    return [
      ...shown.map(issueLine),
      ...(hidden > 0 ? [line(span('warn', ` and ${plural(hidden, 'more issue')}`))] : []),
      ...figuresOf(read.data, width, glyphs).map((row) => figureRow(row, width)),
    ].slice(0, Math.max(0, height));
  },
};
