import { Writable } from 'node:stream';

/** A stream that Ink takes for its terminal while the view draws by itself: nothing that is written leaves it. */
export function noStream(): NodeJS.WriteStream {
  const sink = new Writable({
    decodeStrings: false,
    write(_frame, _encoding, done) {
      done();
    },
  });
  const stream: NodeJS.WriteStream = Object.create(sink, { isTTY: { value: false } });
  return stream;
}
