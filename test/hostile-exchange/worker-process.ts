/** Runs the sessions that it is told of, one after the other, and sends what came of each. */
import { runSession } from './world/session.ts';

interface Orders {
  readonly seeds: readonly number[];
  readonly fault: string | null;
  readonly protocol: 'bybit' | 'binance' | null;
  readonly verbose: boolean;
}

// Nobody is left to hear of the sessions.
process.on('disconnect', () => process.exit(1));

const { seeds, fault, protocol, verbose }: Orders = JSON.parse(process.argv[2] ?? '');
for (const seed of seeds) {
  const result = await runSession(seed, {
    fault: fault ?? undefined,
    protocol: protocol ?? undefined,
    ...(verbose ? { tell: (line: string) => console.log(line) } : {}),
  });
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(result, () => resolve());
  });
}
// What a library keeps open for the next request is not waited for.
process.exit(0);
