import { test } from 'node:test';
import { VENUES } from './exchange.ts';
import { liveSession } from './live-session.ts';

test(`a live session on ${VENUES.bybit} trades, trails, takes profit, is paused, killed and taken up again, stopped and panicked, and its books are the exchange’s`, (t) =>
  liveSession(t, 'bybit'));
