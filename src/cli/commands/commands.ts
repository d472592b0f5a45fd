import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';

/** What is called otherwise on the command line. */
const TYPED: Readonly<Record<string, string>> = {
  emergencyStop: 'emergency-stop',
  closePosition: 'close',
  cancelOrder: 'cancel',
  adopt: 'reconcile --adopt',
  ignore: 'reconcile --ignore',
};

/** `breakout commands`. */
export async function commands(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('engine.commands'));
  output.result(result, () =>
    table(
      [
        { title: 'command', keep: true, text: (row) => TYPED[row.command] ?? row.command },
        {
          title: 'now',
          text: (row) => (row.allowed ? 'yes' : 'no'),
          tone: (row) => (row.allowed ? 'good' : 'dim'),
        },
        { title: 'why not', text: (row) => row.reason },
      ],
      result.commands,
      output.width,
      output.paint,
    ),
  );
}
