import { Writable } from 'node:stream';

/**
 * A stream that Ink takes for its terminal. It is no TTY and never resizes by itself: the size is the view's, and what
 * Ink writes is the view's to pass on.
 */
export function inkStream(
  pass: (text: string) => void,
  size: () => { readonly columns: number; readonly rows: number },
): NodeJS.WriteStream {
  const sink = new Writable({
    decodeStrings: false,
    write(text: unknown, _encoding, done) {
      if (typeof text === 'string' && text !== '') pass(text);
      done();
    },
  });
  const stream: NodeJS.WriteStream = Object.create(sink, {
    isTTY: { value: false },
    columns: { get: () => size().columns },
    rows: { get: () => size().rows },
  });
  return stream;
}
