import type { ResourceHealth } from '../../protocol/health-view.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { grouped, millis, plural, span } from '../format.ts';
import type { Paint, Tone } from '../style.ts';
import { block } from '../table.ts';
import { exchangePairs } from '../venue-words.ts';

/** `breakout health`: exit code 1 when something is critical, for scripts. */
export async function health(context: Context): Promise<void> {
  const result = await withDaemon(context, (client) => client.call('engine.resourceHealth'));
  context.output.result(result, () => healthLines(result, context.output.paint, context.output.width));
  if (result.status === 'critical') process.exitCode = EXIT.refused;
}

const TONES: Readonly<Record<ResourceHealth['status'], Tone>> = {
  healthy: 'good',
  warning: 'warn',
  critical: 'bad',
};

export function healthLines(h: ResourceHealth, paint: Paint, width?: number): string[] {
  const issues = h.issues.flatMap(({ severity, message, code, mend }) => [
    [severity, `${paint(TONES[severity], message)} (${code})`] as const,
    ...(mend === null ? [] : [['', `${paint('dim', 'fix:')} ${mend}`] as const]),
  ]);
  return block(
    [
      ['health', paint(TONES[h.status], h.status)],
      ...issues,
      ...(h.venue === null ? [] : exchangePairs(h.venue, paint)),
      ['cpu', cpuText(h)],
      ['memory', memoryText(h)],
      ['disk', diskText(h)],
      ['event loop', loopText(h)],
      ['files', filesText(h)],
      ['feed', feedText(h)],
      ['journal', h.journalLagMs === null ? whyNot(h, 'journalLagMs') : `${millis(h.journalLagMs)} a commit`],
      [
        'clients',
        `${plural(h.connections, 'connection')}, ${plural(h.subscribers, 'subscription')}, ${plural(h.eventBacklog, 'event')} waiting`,
      ],
    ],
    paint,
    width,
  );
}

function cpuText({ cpuPercent, cpu, ...h }: ResourceHealth): string {
  const load = cpu.load.map((value) => value.toFixed(2)).join(' ');
  const machine = `load ${load} on ${plural(cpu.cores, 'core')}`;
  if (cpuPercent === null || cpu.windowSeconds === null) return `${whyNot(h, 'cpuPercent')}; ${machine}`;
  return `${cpuPercent.toFixed(1)} % of a core over ${span(cpu.windowSeconds * 1000)}; ${machine}`;
}

function memoryText({ memory, ...h }: ResourceHealth): string {
  const of = memory.limitOf === 'cgroup' ? 'its control group may have' : 'the machine has';
  const left = memory.availableMb === null ? '' : `, ${mib(memory.availableMb)} available`;
  return `${mib(h.memoryUsedMb)}, ${h.memoryPercent.toFixed(1)} % of the ${mib(memory.limitMb)} that ${of}${left}; heap ${mib(h.heapUsedMb)} of ${mib(memory.heapLimitMb)}`;
}

function diskText(h: ResourceHealth): string {
  if (h.diskUsagePercent === null || h.diskFreeMb === null) return whyNot(h, 'diskUsagePercent');
  const writable = h.stateFolderWritable === false ? ', the state folder cannot be written' : '';
  return `${h.diskUsagePercent.toFixed(1)} % used, ${mib(h.diskFreeMb)} free${writable}`;
}

function loopText({ eventLoop, ...h }: ResourceHealth): string {
  if (eventLoop === null) return whyNot(h, 'eventLoopLagMs');
  const { meanMs, p99Ms, maxMs, windowSeconds } = eventLoop;
  return `late by ${millis(meanMs)} on average, p99 ${millis(p99Ms)}, longest ${millis(maxMs)}, over ${span(windowSeconds * 1000)}`;
}

function filesText({ openFiles, ...h }: ResourceHealth): string {
  const handles = plural(h.openHandles, 'handle');
  if (openFiles === null) return `${whyNot(h, 'openFiles')}; ${handles}`;
  const limit = openFiles.limit === null ? 'no limit' : `of ${grouped(openFiles.limit)}`;
  return `${openFiles.open} ${limit} descriptors; ${handles}`;
}

function feedText(h: ResourceHealth): string {
  const { feedAgeSeconds: age, feedExpectedSeconds: expected } = h;
  if (age === null || expected === null) return whyNot(h, 'feedAgeSeconds');
  const pace = expected === 0 ? 'as fast as they go' : `one every ${short(expected)}`;
  return `last candles ${short(age)} ago, ${pace}`;
}

function short(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : span(seconds * 1000);
}

function mib(value: number): string {
  return `${grouped(value)} MiB`;
}

function whyNot({ notMeasured }: Pick<ResourceHealth, 'notMeasured'>, figure: string): string {
  const reason = notMeasured.find((each) => each.figure === figure)?.reason;
  return reason === undefined ? 'not measured' : `not measured: ${reason}`;
}
