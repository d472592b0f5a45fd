/** How long the running session has gone without candles. It looks at the session every second, whoever asks. */
import { BASE } from '../market/time.ts';
import type { SessionStatus } from '../session/host-views.ts';
import type { FeedReading } from '../telemetry/health/assess.ts';

type Watched = Pick<SessionStatus, 'session' | 'ended' | 'progress' | 'speed'>;

export class FeedWatch {
  #session: string | null = null;
  #closes = 0;
  /** Monotonic milliseconds. */
  #heardAt = 0;

  /** To be called about once a second: an age is as exact as that. */
  look(status: Watched, now = performance.now()): void {
    const session = status.ended === null ? status.session : null;
    const closes = status.progress?.done ?? 0;
    if (session === this.#session && closes === this.#closes) return;
    this.#session = session;
    this.#closes = closes;
    this.#heardAt = now;
  }

  /** Null while no session runs. */
  read(status: Watched, now = performance.now()): FeedReading | null {
    this.look(status, now);
    if (this.#session === null || status.speed === null) return null;
    return {
      ageSeconds: (now - this.#heardAt) / 1000,
      expectedSeconds: status.speed === 0 ? 0 : BASE / 1000 / status.speed,
    };
  }
}
