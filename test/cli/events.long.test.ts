import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { ControlClient } from '../../src/protocol/client.ts';
import { daemonHere, serve } from '../daemon/support.ts';
import { Sandbox } from './sandbox.ts';

interface Line {
  readonly stream?: string;
  readonly seq?: number;
  readonly event?: { readonly type: string };
  readonly prices?: { readonly prices: Record<string, string> };
  readonly skipped?: {
    readonly reason: string;
    readonly since: number;
    readonly sinceStream: string | null;
    readonly stream: string;
    readonly seq: number;
    readonly snapshot: { readonly status: { readonly state: string } };
  };
}

/** Runs the view until it has told so many lines, then leaves it with Ctrl-C. */
async function view(
  bot: Sandbox,
  socket: string,
  lines: number,
  ...words: readonly string[]
): Promise<{ told: Line[]; stderr: string; code: number | null }> {
  const { child, ended, says } = bot.start('events', '--json', '--socket', socket, ...words);
  await says(new RegExp(`^(?:\\{.*\\}\\n){${lines}}`));
  child.kill('SIGINT');
  const { stdout, stderr, code } = await ended;
  return {
    told: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    stderr,
    code,
  };
}

/** Runs the engine until so many events have happened, and stops it. */
async function happen(client: ControlClient, events: number): Promise<void> {
  await client.call('engine.start', { preset: 'breakout_v1', seed: 7, speed: 100_000 });
  const reached = new Promise<void>((resolve, reject) => {
    client
      .subscribe({ topics: ['scan'] }, { onEvent: ({ seq }) => (seq > events ? resolve() : undefined) })
      .catch(reject);
  });
  await reached;
  await client.call('engine.stop', { flatten: true });
}

describe('breakout events', { concurrency: 2 }, () => {
  const bot = new Sandbox();
  after(() => bot[Symbol.asyncDispose]());

  test('a view that is taken up again misses nothing and tells nothing twice', async (t) => {
    const { paths, client } = await daemonHere(t);
    await happen(client, 100);
    const all = await view(bot, paths.socketPath, 60, '--since', '0');
    assert.equal(all.code, 0);
    all.told.forEach(({ seq }, n) => {
      assert.equal(seq, n + 1);
    });
    const { stream = '' } = all.told[0] ?? {};
    const rest = await view(bot, paths.socketPath, 20, '--since', '40', '--stream', stream);
    assert.equal(rest.stderr, '', 'nothing is to be said of a view that goes on');
    assert.deepEqual(rest.told.slice(0, 20), all.told.slice(40, 60));
  });

  test('events of another daemon are never passed off as the rest of a view', async (t) => {
    const { paths, client } = await daemonHere(t);
    await happen(client, 10);
    // The daemon's own health may be told at any time.
    const last = async () => (await client.call('daemon.info')).seq;
    const seq = await last();
    const { told, stderr } = await view(bot, paths.socketPath, 1, '--since', '3', '--stream', 'before');
    const [first] = told;
    assert.equal(first?.skipped?.reason, 'another_stream');
    assert.equal(first.skipped.sinceStream, 'before');
    assert.ok(first.skipped.seq >= seq && first.skipped.seq <= (await last()));
    assert.equal(first.skipped.snapshot.status.state, 'IDLE');
    assert.match(stderr, /another daemon runs since/);

    const far = (await last()) + 1_000;
    const ahead = await view(bot, paths.socketPath, 1, '--since', String(far));
    const skipped = ahead.told[0]?.skipped;
    assert.equal(skipped?.reason, 'ahead');
    assert.ok(skipped.seq >= seq && skipped.seq <= (await last()));
    assert.match(
      ahead.stderr,
      new RegExp(`there has been no event ${far} yet, the last one is ${skipped.seq}:`),
    );
  });

  test('events that the daemon no longer holds are said to be gone, with how things stand instead', async (t) => {
    const { socketPath, host } = await serve(t);
    for (let at = 1; at <= 17_000; at++)
      host.events.publish('s', at, { type: 'gap', symbol: 'BTCUSDT', missing: 1 });
    const { told, stderr } = await view(bot, socketPath, 1, '--since', '1');
    const { reason, seq, snapshot } = told[0]?.skipped ?? assert.fail('nothing is said to be skipped');
    assert.equal(reason, 'no_longer_held');
    assert.equal(seq, 17_000);
    assert.equal(snapshot.status.state, 'IDLE');
    assert.match(stderr, new RegExp(`up to ${seq - 1} events skipped`));
  });

  test('prices come where they are asked for, of the symbols that were named, beside the events', async (t) => {
    const { paths, client } = await daemonHere(t);
    await client.call('engine.start', { preset: 'breakout_v1', seed: 7, speed: 36_000 });
    const { told } = await view(
      bot,
      paths.socketPath,
      5,
      '--topics',
      'trade',
      '--prices',
      '--symbols',
      'BTCUSDT',
    );
    const [first] = told;
    assert.deepEqual(Object.keys(first?.prices?.prices ?? {}), ['BTCUSDT']);
    assert.match(first?.prices?.prices.BTCUSDT ?? '', /^\d+(\.\d+)?$/);
  });

  test('the end of the daemon ends the view with exit code 2', async (t) => {
    const { paths, stop } = await daemonHere(t);
    const { ended, says } = bot.start('events', '--socket', paths.socketPath);
    await says(/Ctrl-C ends this view/);
    await stop();
    const { code, stderr } = await ended;
    assert.equal(code, 2);
    assert.match(stderr, /^breakout: no daemon at /m);
  });

  for (const [why, words, says] of [
    ['a stream without a number', ['--stream', 'x'], /--stream goes with --since/],
    ['symbols without prices', ['--symbols', 'BTCUSDT'], /--symbols goes with --prices/],
    ['a list of no topics', ['--topics', ','], /--topics names none/],
  ] as const) {
    test(`${why} is a wrong command line`, async () => {
      const { code, stderr } = await bot.run('events', ...words);
      assert.equal(code, 3);
      assert.match(stderr, says);
    });
  }
});
