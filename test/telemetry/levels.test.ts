import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LevelChange, LogLevels } from '../../src/telemetry/levels.ts';

test('one component can be made to say more while the others stay as they are', () => {
  const levels = new LogLevels({ level: 'info', components: { venue: 'error' } });
  assert.deepEqual(levels.set('engine', 'debug', null), [{ component: 'engine', from: 'info', to: 'debug' }]);
  assert.ok(levels.enabled('engine', 'debug'));
  assert.ok(!levels.enabled('control', 'debug'));
  assert.ok(!levels.enabled('venue', 'warn'));
  assert.equal(levels.list().find((view) => view.component === 'engine')?.configured, 'info');
  levels.set(null, 'configured', null);
  assert.equal(levels.of('engine'), 'info');
  assert.equal(levels.of('venue'), 'error');
});

test('a level set for a time goes back by itself to the one before, so a log left at debug does not fill the disk', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const passed: LevelChange[] = [];
  const levels = new LogLevels({ level: 'info', components: {} }, (changes) => passed.push(...changes));
  levels.set('engine', 'warn', null);
  levels.set('engine', 'debug', 60_000);
  assert.equal(levels.list().find((view) => view.component === 'engine')?.until, 60_000);
  t.mock.timers.tick(59_999);
  assert.equal(levels.of('engine'), 'debug');
  t.mock.timers.tick(1);
  assert.equal(levels.of('engine'), 'warn');
  assert.deepEqual(passed, [{ component: 'engine', from: 'debug', to: 'warn' }]);
});

test('a reload of the settings leaves alone what was set by hand', () => {
  const levels = new LogLevels({ level: 'info', components: {} });
  levels.set('engine', 'debug', null);
  const changes = levels.configure({ level: 'warn', components: { venue: 'debug' } });
  assert.equal(levels.of('engine'), 'debug');
  assert.equal(levels.of('venue'), 'debug');
  assert.equal(levels.of('daemon'), 'warn');
  assert.ok(!changes.some(({ component }) => component === 'engine'));
});
