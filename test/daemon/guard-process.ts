/** A process that fails again and again and whose end never comes. */
import { guardProcess } from '../../src/daemon/guard.ts';
import { leave } from '../../src/daemon/leave.ts';
import { SessionHost } from '../../src/session/host.ts';
import { openLog } from '../../src/telemetry/log.ts';

const log = openLog({ file: null });
const host = new SessionHost();
guardProcess({
  host,
  log,
  end: () => undefined,
  leave: (code, why) => leave({ log, free: () => undefined }, code, why),
  endBoundMs: 300,
});
setInterval(() => {
  throw new Error('again');
}, 20);
