/**
 * Holds back what is asked about the session until the daemon has taken up what the last one left: an engine that has
 * not been led back yet would say that it is idle and holds nothing.
 */

import { RpcError } from '../protocol/errors.ts';
import { daemonMethods } from '../protocol/methods/daemon.ts';
import { discoverMethods } from '../protocol/methods/discover.ts';
import { logMethods } from '../protocol/methods/logs.ts';
import { presetMethods } from '../protocol/methods/presets.ts';
import type { MethodName } from '../protocol/methods.ts';
import type { RecoveryReading } from '../telemetry/health/venue-reading.ts';

/** What the process can say for itself at any time. */
const AT_ONCE: ReadonlySet<string> = new Set([
  ...Object.keys(daemonMethods),
  ...Object.keys(discoverMethods),
  ...Object.keys(logMethods),
  ...Object.keys(presetMethods),
  'engine.resourceHealth',
]);

/** A recovery takes less; one that waits for an exchange may take as long as that is away. */
const PATIENCE_MS = 10_000;

export class RecoveryGate {
  #waiting: Promise<void> | null;
  #release: () => void = () => undefined;
  readonly #patienceMs: number;
  readonly #recovery: () => RecoveryReading | null;

  /** @param patienceMs after which whoever waits is told so instead, and what for. */
  constructor(recovery: () => RecoveryReading | null, patienceMs: number = PATIENCE_MS) {
    this.#recovery = recovery;
    this.#patienceMs = patienceMs;
    this.#waiting = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** What a method has to wait for; null when it can be answered. */
  before(method: MethodName): Promise<void> | null {
    const waiting = AT_ONCE.has(method) ? null : this.#waiting;
    if (waiting === null) return null;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(stillRecovering(this.#recovery())), this.#patienceMs).unref();
      void waiting.then(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** The engine is where it was. After a recovery that failed there is nothing true to say: the connections end. */
  open(): void {
    this.#waiting = null;
    this.#release();
  }
}

function stillRecovering(recovery: RecoveryReading | null): RpcError {
  const since = recovery === null ? '' : ` since ${recovery.since}: ${recovery.reason}`;
  return RpcError.of('RECOVERING', `the session that the last daemon left is being taken up${since}`);
}
