/**
 * `subscribers.ts SOCKET READING STALLED`: subscribers of a daemon, in a process of their own. READING of them read
 * all that comes, STALLED of them stop reading once they are subscribed. Says `ready`, and with the end of its stdin
 * lets the stalled ones read what is left to them and tells in one JSON line what came of them all.
 */
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { type ControlClient, connect } from '../../src/protocol/client.ts';

export interface SubscribersReport {
  readonly reading: number;
  readonly stalled: number;
  /** Events that those who read were given, all together. */
  readonly events: number;
  /** Of those who read: told that they lagged, and events out of their order. */
  readonly readingLagged: number;
  readonly disorders: number;
  /** Events that the stalled got, all together: what the socket took and the daemon kept for them. */
  readonly stalledEvents: number;
}

const [socketPath = '', reading = '', stalled = ''] = process.argv.slice(2);

let events = 0;
let readingLagged = 0;
let disorders = 0;
const readers: ControlClient[] = [];
for (let i = 0; i < Number(reading); i++) {
  const client = await connect({ socketPath, client: 'bench' });
  let last: number | null = null;
  await client.subscribe(
    {},
    {
      onEvent({ seq }) {
        if (last !== null && seq !== last + 1) disorders += 1;
        last = seq;
        events += 1;
      },
      onLagged: () => {
        readingLagged += 1;
      },
    },
  );
  readers.push(client);
}
const stalledSockets: Socket[] = [];
for (let i = 0; i < Number(stalled); i++) {
  const socket = connectSocket(socketPath);
  await once(socket, 'connect');
  socket.setEncoding('utf8');
  socket.write('{"jsonrpc":"2.0","id":1,"method":"events.subscribe"}\n');
  await once(socket, 'data');
  socket.pause();
  stalledSockets.push(socket);
}
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');

for (const client of readers) await client.close();
let stalledEvents = 0;
for (const socket of stalledSockets) {
  let text = '';
  for await (const chunk of lastWords(socket)) text += chunk;
  for (const line of text.split('\n')) {
    if (line.includes('"method":"event"')) stalledEvents += 1;
  }
}
const report: SubscribersReport = {
  reading: readers.length,
  stalled: stalledSockets.length,
  events,
  readingLagged,
  disorders,
  stalledEvents,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** What is still to be read of a socket; one that the daemon has not closed is closed from this side. */
async function* lastWords(socket: Socket): AsyncGenerator<string, void, void> {
  socket.on('error', () => socket.destroy());
  socket.end();
  for await (const chunk of socket) yield String(chunk);
}
