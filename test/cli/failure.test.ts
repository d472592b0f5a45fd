import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureLines, failureOf } from '../../src/cli/failure.ts';
import { AnswerLost, type AppErrorCode, ERRORS, RpcError } from '../../src/protocol/errors.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { commandTree } from './tree.ts';

const isCode = (text: string): text is AppErrorCode => text in ERRORS;
const CODES = Object.keys(ERRORS).filter(isCode);
const COMMANDS = new Set(commandTree().map(({ path }) => path));

/** Codes whose message says all there is to say. */
const SELF_EXPLAINING: ReadonlySet<string> = new Set([
  'INVALID_PARAMS',
  'PRESET_UNKNOWN',
  'PRESET_INVALID',
  'VENUE_UNKNOWN',
  'DATA_INVALID',
  'MODE_REFUSED',
  'START_FAILED',
  'CREDENTIALS_MISSING',
  'PREFLIGHT_REFUSED',
]);

describe('what a person is told of a refusal', () => {
  for (const code of CODES) {
    test(`${code}: a mend in words that can be typed, no method and no field of the wire`, () => {
      const failure = failureOf(RpcError.of(code, 'so it is'));
      assert.equal(failure.exitCode, 1);
      assert.equal(failure.code, code);
      if (SELF_EXPLAINING.has(code)) {
        assert.equal(failure.hint, null);
        return;
      }
      const hint = failure.hint ?? '';
      assert.ok(hint.length > 10, `${code} has the hint ${JSON.stringify(hint)}`);
      for (const method of Object.keys(METHODS))
        assert.ok(!hint.replaceAll(/`breakout rpc[^`]*`/g, '').includes(method), hint);
      assert.doesNotMatch(hint, /\bdata\.|jsonrpc(?!")/);
      for (const [, words = ''] of hint.matchAll(/`breakout ([^`]+)`/g)) {
        const plain = words.split(' ').filter((word) => /^[a-z][a-z-]*$/.test(word));
        assert.ok(
          COMMANDS.has(plain.slice(0, 2).join(' ')) || COMMANDS.has(plain[0] ?? ''),
          `${hint}: there is no such command`,
        );
      }
    });
  }

  test('a limited rate says when to ask again', () => {
    const failure = failureOf(RpcError.of('RATE_LIMITED', 'too many', { retryAfterMs: 180 }));
    assert.match(failureLines(failure).join(''), /again in 180 ms/);
  });

  test('an internal failure names the line that shows what it was', () => {
    const failure = failureOf(RpcError.of('INTERNAL', 'it failed', { ref: 'ab12' }));
    assert.match(failureLines(failure).join(''), /breakout logs --ref ab12/);
  });

  test('a daemon that dies over a command is not told as one that was never there: the command may have been carried out', () => {
    const failure = failureOf(new AnswerLost('/run/b.sock', 'engine.emergencyStop'));
    assert.equal(failure.exitCode, 2);
    assert.equal(failure.code, 'NO_ANSWER');
    const [line = ''] = failureLines(failure);
    assert.match(
      line,
      /went away before it answered engine\.emergencyStop \(what it did of it is not known: /,
    );
    assert.doesNotMatch(line, /no daemon at|breakout start/);
  });
});
