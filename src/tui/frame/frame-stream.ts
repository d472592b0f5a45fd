import { Writable } from 'node:stream';

/**
 * A stream that Ink takes for its terminal: each write is a whole frame, as Ink makes them in its debug mode, where it
 * neither moves the cursor nor throttles. It is no TTY and never resizes by itself: the size is the view's.
 */
export function frameStream(
  draw: (frame: string) => void,
  size: () => { readonly columns: number; readonly rows: number },
): NodeJS.WriteStream {
  const sink = new Writable({
    decodeStrings: false,
    write(frame: unknown, _encoding, done) {
      if (typeof frame === 'string' && frame !== '') draw(frame);
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
