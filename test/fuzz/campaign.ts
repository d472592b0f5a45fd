/** Many connections at once that send hostile lines, while others break off, flood, dribble and never read. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { connect as connectClient } from '../../src/protocol/client.ts';
import { lines } from './grammar.ts';
import { Complaint, Lane } from './lane.ts';
import { type Expectation, expectationOf } from './oracle.ts';

export interface CampaignOptions {
  readonly socketPath: string;
  /** At least so many are sent. */
  readonly lines: number;
  readonly seed: number;
}

export interface CampaignReport {
  readonly sent: number;
  readonly seconds: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** Resident memory of the daemon in MiB, sampled as the campaign went on. */
  readonly rssMb: readonly number[];
}

const LANES = 6;
const LINES_PER_CHUNK = 250;
const RSS_SAMPLES = 40;

/** @throws Complaint naming the seed and the chunk that shows it again. */
export async function campaign({ socketPath, lines: count, seed }: CampaignOptions): Promise<CampaignReport> {
  const began = performance.now();
  const sampleEvery = Math.ceil(count / LINES_PER_CHUNK / RSS_SAMPLES);
  const outcomes = new Map<string, number>();
  const rssMb: number[] = [];
  await using observer = await connectClient({ socketPath, client: 'fuzz' });
  let next = 0;
  let sent = 0;
  const work = async (): Promise<void> => {
    const lane = await Lane.open(socketPath);
    for (let chunk = next++; sent < count; chunk = next++) {
      const made = chunkOf(seed, chunk);
      await lane.exchange(made.lines, made.cuts).catch((error) => {
        throw new Complaint(
          `seed ${seed}, chunk ${chunk}: ${error instanceof Error ? error.message : error}`,
        );
      });
      sent += made.lines.length;
      await disturb(socketPath, made.disturbance);
      if (chunk % sampleEvery === 0) rssMb.push((await observer.call('daemon.info')).rssMb);
    }
    lane.close();
    for (const [outcome, times] of lane.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return { sent, seconds: (performance.now() - began) / 1000, outcomes, rssMb };
}

interface Chunk {
  readonly lines: readonly { readonly line: Buffer; readonly expected: Expectation }[];
  readonly cuts: readonly number[];
  readonly disturbance: number;
}

/** The same lines for the same seed and number. */
function chunkOf(seed: number, chunk: number): Chunk {
  const numbers = { seed: seed * 1_000_003 + chunk };
  const made = fc.sample(lines, { ...numbers, numRuns: LINES_PER_CHUNK });
  const [cuts = []] = fc.sample(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), {
    ...numbers,
    numRuns: 1,
  });
  return {
    lines: made.flatMap((line) => {
      const expected = expectationOf(line);
      return expected === null ? [] : [{ line, expected }];
    }),
    cuts,
    disturbance: chunk,
  };
}

/** Every so often a connection that behaves badly as a connection; each ends before the next chunk. */
async function disturb(socketPath: string, number: number): Promise<void> {
  const act = DISTURBANCES[number % (DISTURBANCES.length * 2)];
  if (act === undefined) return;
  const socket = connect(socketPath);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  try {
    await act(socket, number);
  } finally {
    socket.destroy();
  }
}

const STATUS = '{"jsonrpc":"2.0","id":1,"method":"engine.status"}\n';
const PAUSE = '{"jsonrpc":"2.0","id":2,"method":"engine.pause","params":{"reason":"never sent whole"}}';

const DISTURBANCES: readonly ((socket: Socket, number: number) => Promise<void>)[] = [
  // Half a command, then gone: it must not be carried out.
  async (socket, number) => {
    socket.write(PAUSE.slice(0, PAUSE.length - (number % PAUSE.length)));
  },
  // Whole but for its end: the same.
  async (socket) => {
    socket.end(PAUSE);
    await closed(socket);
  },
  // Asks for much and leaves without reading.
  async (socket) => {
    socket.write(STATUS.repeat(500));
    await new Promise((resolve) => setImmediate(resolve));
  },
  // Listens to everything, reads nothing, leaves.
  async (socket) => {
    socket.pause();
    socket.write('{"jsonrpc":"2.0","id":3,"method":"events.subscribe","params":{"since":0}}\n'.repeat(9));
    await new Promise((resolve) => setImmediate(resolve));
  },
  // Byte by byte.
  async (socket) => {
    for (const byte of STATUS) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if ((await answered(socket)).startsWith('{"jsonrpc":"2.0","error"'))
      throw new Complaint('a dribbled line failed');
  },
  // A line without end.
  async (socket) => {
    socket.write(Buffer.alloc(2 ** 20 + 1, 0x20));
    await expectCode(socket, 'LINE_TOO_LONG');
    await closed(socket);
  },
  // As long as a line may be.
  async (socket) => {
    const head = '{"jsonrpc":"2.0","id":1,"method":"';
    socket.write(`${head}${'a'.repeat(2 ** 20 - head.length - 4)}"}\n`);
    await expectCode(socket, 'METHOD_NOT_FOUND');
  },
  // Deeper than any reader could follow.
  async (socket) => {
    socket.write(`${'['.repeat(2 ** 20 - 1)}\n`);
    await expectCode(socket, 'TOO_DEEP');
  },
  // Both halves closed at once, in the middle of answers.
  async (socket) => {
    socket.write(STATUS.repeat(200));
    socket.end();
    socket.resume();
    await closed(socket);
  },
];

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

async function answered(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text;
}

async function expectCode(socket: Socket, code: string): Promise<void> {
  const text = await answered(socket);
  if (!text.includes(`"code":"${code}"`)) throw new Complaint(`expected ${code}, got ${text.slice(0, 300)}`);
}
