/** The daemon as a service of systemd: its unit is made, shown and removed here; systemd does the rest. */
import { existsSync } from 'node:fs';
import type { Context } from '../context.ts';
import { CliError } from '../exit.ts';
import {
  type Place,
  type PlaceOptions,
  type Plan,
  placeOf,
  planOf,
  type UnitOptions,
} from '../service/plan.ts';
import { command, managerRuns, systemctl } from '../service/systemctl.ts';
import { findOwnUnit, makeFolders, removeUnit, writeUnit } from '../service/unit-file.ts';

export interface InstallOptions extends UnitOptions {
  readonly now?: boolean;
  readonly force?: boolean;
}

/** `breakout service print`: the unit on stdout, nothing else there and nothing done. */
export async function servicePrint(context: Context, options: UnitOptions): Promise<void> {
  const { scope, unit, file, text, ...plan } = planOf(context, options);
  const warnings = warningsOf(plan);
  for (const warning of warnings) context.output.note(`note: ${warning}`);
  context.output.result({ scope, unit, file, text, warnings }, () => [text.trimEnd()]);
}

/** `breakout service install`. */
export async function serviceInstall(context: Context, options: InstallOptions): Promise<void> {
  const { output, env } = context;
  const plan = planOf(context, options);
  if (plan.live && process.platform !== 'linux')
    throw new CliError('NO_SYSTEMD', 'services are systemd units, and systemd runs on Linux alone', {
      hint: '`breakout daemon start` runs the daemon without one',
    });
  if (plan.live && plan.obstacle !== null) throw plan.obstacle;
  const runs = managerRuns(plan, env);
  if (options.now && !runs) throw new CliError('NO_SYSTEMD', `--now: ${notRunning(plan)}`);
  const written = writeUnit(plan, options.force === true);
  if (plan.live) makeFolders(plan);
  if (runs) systemctl(plan, ['daemon-reload'], `${plan.file} is written`);
  if (options.now) systemctl(plan, ['enable', '--now', plan.unit], `${plan.file} is written`);
  const { scope, unit, file, socket } = plan;
  const warnings = warningsOf(plan);
  const started = options.now === true;
  const next = nextSteps(context, plan, { runs, started, written: written === 'changed' });
  for (const warning of warnings) output.note(`note: ${warning}`);
  output.result(
    {
      scope,
      unit,
      file,
      written,
      reloaded: runs,
      started,
      socket,
      warnings,
      next: next.map(([line]) => line),
    },
    () => [
      `${WRITTEN[written]} ${file}${started ? '; the service runs' : ''}.`,
      ...(plan.live && !runs ? [`${capital(notRunning(plan))}: it will read the unit once it does.`] : []),
      ...(next.length === 0 ? [] : ['', 'Next:', ...aligned(next)]),
    ],
  );
}

/** `breakout service uninstall`: a unit that is not there is no failure. */
export async function serviceUninstall(context: Context, options: PlaceOptions): Promise<void> {
  const { output, env } = context;
  const place = placeOf(context, options);
  const { scope, unit, file, state } = place;
  const removed = findOwnUnit(place);
  const runs = managerRuns(place, env);
  if (removed) {
    if (runs) systemctl(place, ['disable', '--now', unit], `${file} is still there`);
    removeUnit(place);
    if (runs) systemctl(place, ['daemon-reload'], `${file} is removed`);
  }
  const dropIns = `${file}.d`;
  const left = [state, dropIns].filter((path) => existsSync(path));
  output.result({ scope, unit, file, removed, stopped: removed && runs, left }, () =>
    removed
      ? [
          `Removed ${file}${runs ? '; the service has been stopped' : ''}. Open positions are left, protected at the venue.`,
          ...(left.length === 0 ? [] : [`Left as they are: ${left.join(', ')}`]),
        ]
      : [`There is no ${file}: nothing to remove.`],
  );
}

/** A unit for another place is shown and written all the same: there it may well run. */
function warningsOf({ warnings, obstacle }: Pick<Plan, 'warnings' | 'obstacle'>): string[] {
  return [...warnings, ...(obstacle === null ? [] : [`it would not run here: ${obstacle.message}`])];
}

const WRITTEN = { made: 'Wrote', changed: 'Replaced', unchanged: 'Nothing to change in' } as const;

type Step = readonly [line: string, why: string];

/** What a person does after an install, in that order. */
function nextSteps(
  { paths }: Context,
  place: Place,
  done: { readonly runs: boolean; readonly started: boolean; readonly written: boolean },
): Step[] {
  const { scope, unit, socket, live } = place;
  if (!live) return [];
  const short = unit.replace(/\.service$/, '');
  const reach = paths.socketPath === socket ? '' : `--socket ${socket} `;
  const sudo = scope === 'system' && process.getuid?.() !== 0 ? 'sudo ' : '';
  const status = `breakout ${reach}${reach === '' && place.instance !== 'default' ? `--instance ${place.instance} ` : ''}status`;
  return [
    ...(done.runs || scope === 'system'
      ? []
      : ([[command(place, 'daemon-reload'), 'after logging in as this user']] satisfies Step[])),
    ...(done.started
      ? []
      : [[command(place, 'enable', '--now', short), 'start it, now and at every boot'] satisfies Step]),
    ...(done.written
      ? [
          [
            command(place, 'restart', short),
            'if it runs already: only then is the new unit in force',
          ] satisfies Step,
        ]
      : []),
    ...(scope === 'user'
      ? [['loginctl enable-linger', 'so that it also runs while you are logged out'] satisfies Step]
      : []),
    [`${sudo}${status}`, scope === 'system' ? 'its socket is for its own user and root' : 'ask it'],
    [`journalctl ${scope === 'user' ? '--user ' : ''}--unit ${short} --follow`, 'its log'],
  ];
}

function aligned(steps: readonly Step[]): string[] {
  const width = Math.max(...steps.map(([line]) => line.length));
  return steps.map(([line, why]) => `  ${line.padEnd(width)}  ${why}`);
}

function notRunning({ scope, live }: Place): string {
  if (!live) return 'a unit in a folder of your choice is not started from here';
  return scope === 'system'
    ? 'systemd does not run on this machine'
    : "this user's systemd cannot be reached from this shell";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
