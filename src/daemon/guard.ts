/**
 * What nobody caught leaves the process in doubt, and a process in doubt does not trade: the engine goes to ERROR, its
 * entry orders are cancelled, positions stay with their protection at the venue, and the process ends with 1, in order
 * if it can and within a bound if not. The supervisor starts the next one, which reconciles with the venue.
 */
import type { SessionHost } from '../session/host.ts';
import type { Logger } from '../telemetry/log.ts';
import { reportFatal } from './faults.ts';
import { say } from './leave.ts';

export interface GuardOptions {
  readonly host: SessionHost;
  readonly log: Logger;
  readonly end: (by: string) => void;
  /** Ends the process without waiting. */
  readonly leave: (code: number, why: string) => void;
  /** What an orderly end may take. */
  readonly endBoundMs?: number;
}

const FAILED = 1;

/** An orderly end takes less; one that has not come by then will not come. */
const END_BOUND_MS = 10_000;

/** A timer that fails each millisecond must not fill the disk. */
const MAX_TOLD = 10;

export interface Guard extends Disposable {
  /** Ends the daemon over a failure that was caught, but that it cannot go on with. */
  failed(error: unknown, origin: string): void;
}

/** Guards until it is disposed of. */
export function guardProcess(options: GuardOptions): Guard {
  const { host, log, end, leave, endBoundMs = END_BOUND_MS } = options;
  let failures = 0;
  const failed = (error: unknown, origin: string): void => {
    failures += 1;
    if (failures > MAX_TOLD) return;
    const told = reportFatal(error, origin, log);
    if (failures > 1) return;
    process.exitCode = FAILED;
    // Where the log goes to a file, whoever started the daemon would see it vanish without a word.
    say(`${told}: the engine is stopped, and the daemon ends with ${FAILED}`);
    // Not cleared, but it holds nothing up: it fires only if the process has not ended by itself.
    setTimeout(() => leave(FAILED, 'an orderly end did not come'), endBoundMs).unref();
    try {
      host.fault(told);
    } catch (second) {
      reportFatal(second, 'while the engine was stopped', log);
    }
    end('a failure of the daemon');
  };
  process.on('uncaughtException', failed);
  return {
    failed,
    [Symbol.dispose]() {
      process.off('uncaughtException', failed);
    },
  };
}
