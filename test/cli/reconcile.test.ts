import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { listOf } from '../control/asker.ts';
import { Stage, scene } from '../control/scenes.ts';
import { onEnd } from '../daemon/support.ts';
import { type Ended, Sandbox } from './sandbox.ts';

interface Bench {
  readonly stage: Stage;
  readonly breakout: (...words: string[]) => Promise<Ended>;
}

/** A daemon that trades, and a command line as a process beside it. */
async function bench(t: TestContext, from?: Stage): Promise<Bench> {
  const stage = from ?? (await scene(t, 'paused over a foreign position'));
  const sandbox = new Sandbox();
  onEnd(t, () => sandbox[Symbol.asyncDispose]());
  return { stage, breakout: (...words) => sandbox.run('--socket', stage.socketPath, ...words) };
}

describe('reconcile', { concurrency: 2 }, () => {
  test('lists what is not the bot’s, with the commands that decide on it', async (t) => {
    const { stage, breakout } = await bench(t);
    const { code, stdout } = await breakout('reconcile');
    assert.equal(code, 0);
    const [head, row, blank, due, ...say] = stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^symbol +quantity +price +orders +decision$/);
    assert.match(row ?? '', /^AAAUSDT +5 +100 +0 +due$/);
    assert.deepEqual(
      [blank, due, ...say],
      [
        '',
        '1 decision is due, and until then no entry is sent:',
        'breakout reconcile --adopt AAAUSDT',
        'breakout reconcile --ignore AAAUSDT',
      ],
    );
    const { stdout: json } = await breakout('reconcile', '--json');
    assert.deepEqual(JSON.parse(json), { foreign: stage.host.engine.foreign() });
  });

  test('says so where all is the bot’s', async (t) => {
    const { breakout } = await bench(t, await Stage.open(t));
    assert.deepEqual(await breakout('reconcile'), {
      code: 0,
      stdout: "nothing there that is not the bot's\n",
      stderr: '',
    });
  });

  test('decides nothing where nobody can be asked and none has said yes', async (t) => {
    const { stage, breakout } = await bench(t);
    for (const decision of ['--adopt', '--ignore']) {
      const { code, stderr } = await breakout('reconcile', decision, 'AAAUSDT');
      assert.equal(code, 3);
      assert.match(stderr, /add --yes/);
    }
    assert.equal((await breakout('reconcile', '--adopt', 'A', '--ignore', 'A')).code, 3);
    assert.equal((await breakout('reconcile', '--yes')).code, 3);
    assert.equal(stage.host.engine.foreign()[0]?.decision, null);
  });

  test('ignored: entries go on after a resume, and who said so is shown', async (t) => {
    const { breakout } = await bench(t);
    const refused = await breakout('resume');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /AAAUSDT.*`breakout reconcile` shows what it is/);
    const { code, stdout } = await breakout('reconcile', '--ignore', 'AAAUSDT', '--yes');
    assert.deepEqual([code, stdout], [0, 'AAAUSDT: 5 are left alone and do not count\n']);
    assert.match((await breakout('reconcile')).stdout, /ignore, said by cli[\s\S]*all of it is decided on/);
    assert.equal((await breakout('resume')).code, 0);
  });

  test('adopted: it is a position of the bot’s, with a stop', async (t) => {
    const { stage, breakout } = await bench(t);
    const { code, stdout } = await breakout('reconcile', '--adopt', 'AAAUSDT', '--yes', '--json');
    assert.equal(code, 0);
    assert.match(JSON.parse(stdout).message, /5 are taken over/);
    const positions = listOf((await stage.ann.well('positions.list')).positions);
    assert.deepEqual(
      positions.map(({ symbol, strategy, protectedQuantity }) => [symbol, strategy, protectedQuantity]),
      [['AAAUSDT', 'adopted', '5.00']],
    );
  });

  test('what there is nothing of is refused, with the way to what there is', async (t) => {
    const { breakout } = await bench(t);
    const { code, stderr } = await breakout('reconcile', '--adopt', 'BBBUSDT', '--yes');
    assert.equal(code, 1);
    assert.match(stderr, /nothing in BBBUSDT is known.*`breakout reconcile` shows what there is/);
  });
});
