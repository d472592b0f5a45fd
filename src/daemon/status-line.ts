import type { SessionStatus } from '../session/host-views.ts';

/** The daemon in one line, as `systemctl status` shows it. */
export function statusLine(status: SessionStatus): string {
  const { state, preset, mode, venue, openPositions, dailyR, pausedBy, haltedBy, ended } = status;
  if (venue === null || (state === 'IDLE' && openPositions === 0)) return `${state}: no session`;
  const latch = haltedBy ? [`halted by ${haltedBy.rule}`] : pausedBy ? [`paused by ${pausedBy.by}`] : [];
  return [
    `${state}: ${preset} on ${venue} (${mode})`,
    ...latch,
    ...(ended ? ['session over'] : []),
    `${openPositions} position${openPositions === 1 ? '' : 's'}`,
    `daily ${dailyR < 0 ? '' : '+'}${dailyR.toFixed(2)} R`,
  ].join(', ');
}
