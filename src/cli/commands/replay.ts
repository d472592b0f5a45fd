import type { StoredSession } from '../../journal/rows.ts';
import { CannotReplay, type Replayed, replaySession } from '../../session/keeping/replay-session.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { sessionNamed, withJournal } from '../journal-file.ts';
import { progressBar } from '../progress-bar.ts';
import { replayLines } from '../replay-report.ts';

/** `breakout replay`: in this process, without a daemon. Exits with 1 when anything came out differently. */
export function replay(
  context: Context,
  named: string,
  { until = null }: { readonly until?: number | null },
): void {
  const { output } = context;
  const bar = progressBar(output.progress);
  const { session, replayed } = withJournal(context, (journal) => {
    const found = sessionNamed(journal, named);
    try {
      const came = replaySession({ journal, session: found, until, progress: bar.update });
      return { session: found, replayed: came };
    } catch (error) {
      if (error instanceof CannotReplay) throw new CliError('CANNOT_REPLAY', error.message, { cause: error });
      throw error;
    } finally {
      bar.clear();
    }
  });
  output.result(documentOf(session, replayed, until), () =>
    replayLines(session, replayed, { until, width: output.width, paint: output.paint }),
  );
  if (replayed.difference !== null) process.exitCode = EXIT.refused;
}

function documentOf(session: StoredSession, { engine, ...came }: Replayed, until: number | null): object {
  return {
    session: { id: session.id, ordinal: session.ordinal, preset: session.preset.name, venue: session.venue },
    identical: came.difference === null,
    ...came,
    barsPerSecond: came.wallMs === 0 ? null : came.bars / (came.wallMs / 1000),
    until,
    at: engine.now,
    ...(until !== null && {
      status: engine.status(),
      positions: engine.positions(),
      orders: engine.orders().filter(isOut),
    }),
  };
}

function isOut({ status }: ReturnType<Replayed['engine']['orders']>[number]): boolean {
  return status === 'submitted' || status === 'unknown' || status === 'working';
}
