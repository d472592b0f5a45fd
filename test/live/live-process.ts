/** The daemon as a process of its own, whose exchange's time runs LIVE_SPEED times as fast; all else from where a daemon has it. */
import { resolvePaths } from '../../src/config/paths.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import { openExchange } from '../../src/session/live/exchange-venue.ts';
import { fastTimer } from './exchange.ts';
import { fastRequests } from './fast-requests.ts';

const paths = resolvePaths();
const { configDir } = paths;
const speed = Number(process.env.LIVE_SPEED);
const timer = fastTimer(speed);

await runDaemon({
  paths,
  onReady: () => process.stdout.write('listening\n'),
  open: async (request) =>
    fastRequests(
      await openExchange(request, {
        configDir,
        exchanges: () => loadSettings({ configDir }).settings.exchanges,
        log: (level, message, fields) =>
          process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`),
        timer,
      }),
      speed,
    ),
});
