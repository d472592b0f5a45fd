import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedOf } from '../../src/daemon/feed-age.ts';
import { SessionHost } from '../../src/session/host.ts';

const HOUR_MS = 3_600_000;

/** A session that runs at the clock's pace, begun that long ago; its last candles, by this process's clock. */
function running(beganMsAgo: number, latestAt: number | null): Parameters<typeof feedOf>[0] {
  const idle = new SessionHost();
  return {
    cycles: { latestAt },
    status: () => ({
      ...idle.status(),
      session: '20250101T000000-test',
      startedAt: new Date(Date.now() - beganMsAgo).toISOString(),
      speed: 1,
    }),
  };
}

test('a daemon that has just taken up an old session has not been without candles since that began: every restart would raise an alarm', () => {
  const feed = feedOf(running(HOUR_MS, null));
  assert.ok(feed !== null && feed.ageSeconds <= performance.now() / 1_000);
  assert.equal(feed.expectedSeconds, 300);
});

test('without candles the age of a feed is that of its session, and with them theirs', () => {
  assert.ok((feedOf(running(0, null))?.ageSeconds ?? 1) < 1);
  assert.ok((feedOf(running(HOUR_MS, performance.now()))?.ageSeconds ?? 1) < 1);
});
