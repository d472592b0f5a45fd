/**
 * The daemon under systemd (Type=notify): when it starts, is ready, reloads and stops, a status line, and a watchdog
 * that is fed only while the engine is alive. Without NOTIFY_SOCKET nothing of this happens.
 */
import type { SessionHost } from '../session/host.ts';
import type { Logger } from '../telemetry/log.ts';
import { stalled } from './heartbeat.ts';
import { Notifier } from './notify.ts';
import { statusLine } from './status-line.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A status line costs a process: not more often than this. */
const STATUS_EVERY_MS = 5_000;

/** While a start takes long, systemd is asked for so much more time, so often. */
const EXTEND_BY_MS = 30_000;
const EXTEND_EVERY_MS = 10_000;

/** The watchdog is told in a third of its time: two messages may be late or lost. */
const BEATS_PER_PERIOD = 3;

/** A step that is overdue for so long is not coming; under a watchdog, half of its time. */
const STALLED_MS = 10_000;

/** The end of the process waits no longer than this for systemd to be told. */
const LAST_WORD_MS = 1_000;

/** Other times than usual. */
export interface SupervisionTimes {
  readonly statusEveryMs?: number;
  readonly extendEveryMs?: number;
}

export interface SupervisionOptions {
  readonly host: SessionHost;
  readonly log: Logger;
  readonly env?: Environment;
  readonly times?: SupervisionTimes | undefined;
}

export class Supervision {
  /** The watchdog's period in ms; null when there is none. */
  readonly watchdogMs: number | null;
  readonly #host: SessionHost;
  readonly #log: Logger;
  readonly #notifier: Notifier | null;
  readonly #statusEveryMs: number;
  readonly #extendEveryMs: number;
  #extending: NodeJS.Timeout | null = null;
  #beating: NodeJS.Timeout | null = null;
  #statusDue: NodeJS.Timeout | null = null;
  #stopListening: (() => void) | null = null;
  #status = '';
  #stalled = false;

  constructor({ host, log, env = process.env, times = {} }: SupervisionOptions) {
    this.#host = host;
    this.#log = log;
    this.#notifier = env.NOTIFY_SOCKET ? new Notifier(env, log) : null;
    this.watchdogMs = this.#notifier === null ? null : watchdogPeriod(env);
    this.#statusEveryMs = times.statusEveryMs ?? STATUS_EVERY_MS;
    this.#extendEveryMs = times.extendEveryMs ?? EXTEND_EVERY_MS;
  }

  /** Who is told. */
  get supervisor(): 'systemd' | null {
    return this.#notifier === null ? null : 'systemd';
  }

  /** Why the engine makes no progress, or null while it is alive. */
  get stuck(): string | null {
    return stalled(this.#host.pulse, this.watchdogMs === null ? STALLED_MS : this.watchdogMs / 2);
  }

  /** The socket serves; what comes before READY may take long. */
  starting(): void {
    if (this.#notifier === null) return;
    this.#extending = setInterval(
      () => this.#notifier?.send(`EXTEND_TIMEOUT_USEC=${EXTEND_BY_MS * 1000}`, `STATUS=${this.#beginning}`),
      this.#extendEveryMs,
    );
  }

  ready(): void {
    if (this.#notifier === null) return;
    this.#endExtending();
    this.#sayReady();
    this.#stopListening = this.#host.events.listen(() => {
      this.#statusDue ??= setTimeout(() => this.#sayStatus(), this.#statusEveryMs);
    });
    if (this.watchdogMs === null) return;
    this.#beating = setInterval(() => this.#beat(), this.watchdogMs / BEATS_PER_PERIOD);
  }

  /** A reload begins; `ready` again, by `reloaded`, when it is over. */
  reloading(): void {
    const micros = process.hrtime.bigint() / 1000n;
    this.#notifier?.send('RELOADING=1', `MONOTONIC_USEC=${micros}`);
  }

  reloaded(): void {
    if (this.#notifier !== null) this.#sayReady();
  }

  /** A line that stays until the state changes again. */
  say(status: string): void {
    this.#notifier?.send(`STATUS=${status}`);
  }

  stopping(by: string): void {
    if (this.#notifier === null) return;
    this.#endExtending();
    this.#quiet();
    this.#notifier.send('STOPPING=1', `STATUS=stopping (${by})`);
  }

  /** Nothing more is said; resolves once systemd knows what has been, or within a bound. */
  async end(): Promise<void> {
    this.#endExtending();
    this.#quiet();
    if (this.#notifier === null) return;
    let bound: NodeJS.Timeout | null = null;
    const enough = new Promise<void>((resolve) => {
      bound = setTimeout(resolve, LAST_WORD_MS);
    });
    await Promise.race([this.#notifier.sent(), enough]);
    if (bound !== null) clearTimeout(bound);
  }

  /** What is done before READY. */
  get #beginning(): string {
    const { recovery } = this.#host;
    return recovery === null || recovery.session === null ? 'starting' : `recovering: ${recovery.reason}`;
  }

  #sayReady(): void {
    this.#status = statusLine(this.#host.status());
    this.#notifier?.send(`--pid=${process.pid}`, 'READY=1', `STATUS=${this.#status}`);
  }

  #sayStatus(): void {
    this.#statusDue = null;
    const status = statusLine(this.#host.status());
    if (status === this.#status || this.#stalled) return;
    this.#status = status;
    this.say(status);
  }

  #beat(): void {
    const why = this.stuck;
    if (why === null) {
      this.#stalled = false;
      // One that is still on its way says the same.
      if (this.#notifier?.idle) this.#notifier.send('WATCHDOG=1');
      return;
    }
    if (this.#stalled) return;
    this.#stalled = true;
    this.#log.error('the engine is stuck: the watchdog is not fed any more', { why });
    this.say(`STUCK: ${why}`);
  }

  #endExtending(): void {
    if (this.#extending) clearInterval(this.#extending);
    this.#extending = null;
  }

  #quiet(): void {
    if (this.#beating) clearInterval(this.#beating);
    if (this.#statusDue) clearTimeout(this.#statusDue);
    this.#stopListening?.();
    this.#beating = null;
    this.#statusDue = null;
    this.#stopListening = null;
  }
}

/** Milliseconds; null when systemd watches nothing, or another process. */
function watchdogPeriod({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | null {
  const micros = Number(WATCHDOG_USEC);
  if (!Number.isSafeInteger(micros) || micros <= 0) return null;
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return null;
  return micros / 1000;
}
