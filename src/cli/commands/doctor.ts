/** `breakout doctor`: looks at all that a daemon needs here, changes nothing and starts nothing. */
import { ConfigError } from '../../config/config-error.ts';
import { packageInfo } from '../../config/package.ts';
import type { Context } from '../context.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkConfigFolder, checkDisk, checkStateFolder } from '../doctor/folders.ts';
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

export async function doctor(resolveContext: () => Context): Promise<void> {
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
  tell(context.output, await lookAt(context));
}

async function lookAt(context: Context): Promise<Finding[]> {
  const { paths, env } = context;
  const { root, version } = packageInfo();
  const [daemon, synchronised] = await Promise.all([askDaemon(paths.socketPath), clockIsSynchronised()]);
  const running = daemon !== null && typeof daemon !== 'string' ? daemon.pid : null;
  const { finding: config, settings } = checkSettings(paths.configDir, env);
  const uid = process.getuid?.() ?? 0;
  const units = [placeOf(context, { system: true }), placeOf(context, { user: true })];
  const whose = running === null ? 'a daemon started here' : `the daemon (pid ${running})`;
  return [
    checkNode(process.version, enginesOf(root)),
    checkVersion(version, daemon),
    config,
    checkPresets(paths.configDir),
    checkConfigFolder(paths.configDir, uid),
    checkStateFolder(paths.stateDir, uid),
    checkSocket(paths.socketPath, daemon),
    checkLock(paths.lockFile, lockHolder(paths.lockFile), running),
    checkDisk(paths.stateDir, settings.health.disk_percent),
    checkMemory(process.availableMemory()),
    checkOpenFiles(openFileLimit(running ?? 'self'), settings.control.max_connections, whose),
    checkClock(synchronised),
    checkVenues(daemon),
    checkCredentials(paths.configDir, env),
    checkService(units, runsSystemd()),
  ];
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
