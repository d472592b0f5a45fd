/** `breakout doctor`: looks at all that a daemon needs here, changes nothing and starts nothing. */
import { ConfigError } from '../../config/config-error.ts';
import { packageInfo } from '../../config/package.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { Context } from '../context.ts';
import { askedExchange, checkExchange, exchangesSetUp } from '../doctor/exchanges.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkConfigFolder, checkDisk, checkStateFolder } from '../doctor/folders.ts';
import { checkJournal } from '../doctor/journal.ts';
import { checkLock, lockHolder } from '../doctor/lock.ts';
import {
  checkClock,
  checkMemory,
  checkNode,
  checkOpenFiles,
  clockIsSynchronised,
  enginesOf,
  openFileLimit,
} from '../doctor/machine.ts';
import { checkCredentials, checkPresets, checkService, checkSettings, checkVenues } from '../doctor/setup.ts';
import { askDaemon, checkSocket, checkVersion } from '../doctor/socket.ts';
import { EXIT } from '../exit.ts';
import { plural } from '../format.ts';
import { Output } from '../output.ts';
import { placeOf } from '../service/plan.ts';
import { runsSystemd } from '../service/surroundings.ts';
import type { Tone } from '../style.ts';
import { hanging } from '../table.ts';

export interface DoctorOptions {
  /** Exchanges are asked about their keys. */
  readonly askExchanges?: boolean;
}

export async function doctor(resolveContext: () => Context, options: DoctorOptions = {}): Promise<void> {
  let context: Context;
  try {
    context = resolveContext();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Without paths there is nothing further to look at.
    const output = new Output(process.stdout, process.stderr, process.env, process.argv.includes('--json'));
    tell(output, [{ check: 'paths', verdict: 'fail', found: error.message, fix: null }]);
    return;
  }
  tell(context.output, await lookAt(context, options));
}

async function lookAt(context: Context, options: DoctorOptions): Promise<Finding[]> {
  const { paths, env } = context;
  const { root, version } = packageInfo();
  const [daemon, synchronised] = await Promise.all([askDaemon(paths.socketPath), clockIsSynchronised()]);
  const running = daemon !== null && typeof daemon !== 'string' ? daemon.pid : null;
  const { finding: config, settings } = checkSettings(paths.configDir, env);
  const uid = process.getuid?.() ?? 0;
  const units = [placeOf(context, { system: true }), placeOf(context, { user: true })];
  const holder = lockHolder(paths.lockFile);
  const inUse = running !== null || (holder !== 'nobody' && holder !== 'unknown');
  const whose = running === null ? 'a daemon started here' : `the daemon (pid ${running})`;
  return [
    checkNode(process.version, enginesOf(root)),
    checkVersion(version, daemon),
    config,
    checkPresets(paths.configDir),
    checkConfigFolder(paths.configDir, uid),
    checkStateFolder(paths.stateDir, uid),
    checkSocket(paths.socketPath, daemon),
    checkLock(paths.lockFile, holder, running),
    checkJournal(paths.journalFile, inUse),
    checkDisk(paths.stateDir, settings.health.disk_percent),
    checkMemory(process.availableMemory()),
    checkOpenFiles(openFileLimit(running ?? 'self'), settings.control.max_connections, whose),
    checkClock(synchronised),
    checkVenues(daemon),
    checkCredentials(paths.configDir, env),
    ...(await exchanges(context, settings, options)),
    checkService(units, runsSystemd()),
  ];
}

async function exchanges(
  { paths, env }: Context,
  settings: Settings,
  { askExchanges = false }: DoctorOptions,
): Promise<Finding[]> {
  const { configDir } = paths;
  const found: Finding[] = [];
  for (const exchange of exchangesSetUp(settings, { configDir, env })) {
    const { finding, keys } = checkExchange({ exchange, configDir, env }, settings.exchanges[exchange]);
    // Without keys there is nothing to ask about.
    if (!askExchanges || !keys) {
      found.push(finding);
      continue;
    }
    const { checkKeys } = await import('../../session/live/key-check.ts');
    found.push(
      askedExchange(await checkKeys({ exchange, configDir, env, settings: settings.exchanges[exchange] })),
    );
  }
  return found;
}

const TONES: Readonly<Record<Finding['verdict'], Tone>> = { pass: 'good', warn: 'warn', fail: 'bad' };

function tell(output: Output, findings: readonly Finding[]): void {
  const count = (verdict: Finding['verdict']): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const failed = count('fail');
  if (failed > 0) process.exitCode = EXIT.refused;
  output.result({ ok: failed === 0, findings }, () => {
    const room = Math.max(...findings.map(({ check }) => check.length));
    return [
      ...findings.flatMap((finding) => linesOf(finding, room, output)),
      '',
      `${count('pass')} passed, ${plural(count('warn'), 'warning')}, ${failed} failed`,
    ];
  });
}

function linesOf(
  { check, verdict, found, fix, problems = [] }: Finding,
  room: number,
  { paint, width }: Output,
): string[] {
  const indent = ' '.repeat('pass  '.length + room + 2);
  return [
    ...hanging(`${paint(TONES[verdict], verdict)}  ${check.padEnd(room)}  `, found, width),
    ...problems.flatMap((problem) => hanging(indent, problem, width)),
    ...(fix === null ? [] : hanging(`${indent}${paint('dim', 'fix:')} `, fix, width)),
  ];
}
