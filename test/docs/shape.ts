/** Whether an output is built as the page shows it: figures differ from run to run, words and keys do not. */
import assert from 'node:assert/strict';

/** @throws AssertionError with `told`, when what is shown is not what came. */
export function assertLooksAs(came: string, shown: readonly string[], told: string): void {
  const [first] = shown;
  if (first === undefined) return;
  if (first.startsWith('{')) {
    const line = came.split('\n')[0] ?? '';
    assertSameShape(JSON.parse(line), JSON.parse(first), told, '');
    return;
  }
  const lines = came.split('\n');
  const heads = new Set(lines.map(leading));
  const texts = new Set(lines.map(withoutFigures));
  const whole = shown.length <= 2 ? shown : [first].filter(isHeading);
  for (const line of whole)
    assert.ok(texts.has(withoutFigures(line)), `the page shows:\n${line}\nand this came:\n${told}`);
  for (const line of shown) {
    const head = leading(line);
    if (head !== '') assert.ok(heads.has(head), `the page shows a line of ${head}, and this came:\n${told}`);
  }
}

/** Titles of columns: small words alone (and R). */
function isHeading(line: string): boolean {
  return line.split(/\s{2,}/).length > 3;
}

function leading(line: string): string {
  const word = line.trim().split(/\s+/)[0] ?? '';
  return /\d/.test(word) ? '' : word;
}

function withoutFigures(line: string): string {
  return line
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\d[\d.,]*/g, '#');
}

/** Every key that is shown is there with a value of its kind, and there is none that is not shown. */
function assertSameShape(came: unknown, shown: unknown, told: string, at: string): void {
  // Null stands for what is not there at the moment.
  if (came === null || shown === null) return;
  if (Array.isArray(came) && Array.isArray(shown)) {
    if (came.length > 0 && shown.length > 0) assertSameShape(came[0], shown[0], told, `${at}[0]`);
    return;
  }
  assert.equal(typeof came, typeof shown, `${at}\n${told}`);
  if (typeof came !== 'object' || typeof shown !== 'object') return;
  assert.deepEqual(Object.keys(came ?? {}).sort(), Object.keys(shown ?? {}).sort(), `${at}\n${told}`);
  const theirs = new Map(Object.entries(shown ?? {}));
  for (const [key, value] of Object.entries(came ?? {}))
    assertSameShape(value, theirs.get(key), told, `${at}.${key}`);
}
