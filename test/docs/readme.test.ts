import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rendered } from '../../scripts/readme/render.ts';
import { settingsSchema } from '../../src/config/settings-schema.ts';
import { codeBlocks, README, shownCommands } from './readme.ts';

const PROGRAMS = /^(?:\w+=\S+ )?(?:npx|npm|node|breakout|sudo|systemctl|journalctl|curl|sqlite3)\b/;

describe('README.md', () => {
  test('its tables are those of the commands, methods, errors, topics and limits in force, and of the exchanges (npm run readme)', async () => {
    assert.equal(await rendered(README), README, 'run npm run readme');
  });

  test('a part that went missing is told of, not passed over', async () => {
    await assert.rejects(rendered(README.replace('<!-- generated: errors -->', '')), /must have the parts/);
  });

  test('every command stands behind `$ `, so that a test runs it', () => {
    const bare = codeBlocks(README)
      .flat()
      .filter((line) => PROGRAMS.test(line));
    assert.deepEqual(bare, []);
    assert.ok(shownCommands(README).length > 25);
  });

  test('every config.json on it is one that a daemon takes', () => {
    const examples = codeBlocks(README).filter(([first]) => first?.startsWith('{'));
    assert.ok(examples.length >= 2);
    for (const lines of examples)
      assert.deepEqual(settingsSchema.safeParse(JSON.parse(lines.join('\n'))).error, undefined);
  });

  test('no line of its own text is over 120 characters', () => {
    const text = README.replaceAll(/<!-- generated[\s\S]*?<!-- end -->/g, '');
    const long = text
      .split('\n')
      .filter((line) => line.length > 120 && !line.startsWith(' ') && !line.startsWith('|'));
    assert.deepEqual(long, []);
  });
});
