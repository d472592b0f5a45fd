/** Every example of README.md and of `--help`, and what it takes to run it. */
import { commandTree, examplesOf } from '../cli/tree.ts';
import { README, shownCommands } from './readme.ts';

/** `npx breakout` in a checkout is `breakout` where the package is installed. */
const plain = (line: string): string => line.replace(/\bnpx breakout\b/, 'breakout');

/** Every example, with the output that the page shows for it, where it shows one. */
export function allExamples(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { command } of commandTree()) for (const line of examplesOf(command)) found.set(line, []);
  for (const { line, output } of shownCommands(README)) found.set(plain(line), output);
  return found;
}

/** Examples that no test may run on the machine of whoever tests, and where they are run instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': '.ci/run does, on a fresh clone',
  'npm ci && npm test': '.ci/run does, on a fresh clone, with the long tests',
  'sudo breakout service install': 'systemd-service.long.test.ts does, under a systemd of its own',
  'sudo breakout service uninstall': 'systemd-service.long.test.ts does, under a systemd of its own',
  'sudo systemctl enable --now breakout': 'systemd-service.long.test.ts does, under a systemd of its own',
  'sudo breakout --socket /run/breakout/breakout.sock status': 'systemd-service.long.test.ts does',
  'journalctl --unit breakout --follow': 'the journal is that of the machine',
  'breakout service install --user --now':
    'it starts a service of the person who tests; systemd-service.long.test.ts does',
};

export interface Step {
  readonly line: string;
  /** Where not 0; several where it hangs on the machine. */
  readonly code?: number | readonly number[];
  /** It goes on by itself: Ctrl-C once this was said. */
  readonly until?: RegExp;
  /** On stdout or stderr. */
  readonly says?: RegExp;
  /** Needs an open position and a finished trade; tried again where the market was quicker than the command. */
  readonly market?: true;
}

const step = (line: string, more: Omit<Step, 'line'> = {}): Step => ({ line, ...more });
const steps = (...lines: readonly string[]): Step[] => lines.map((line) => step(line));

/** What is wrong with the machine is no failure of the example. */
const VERDICT = [0, 1];
/** One line of JSON, whole. */
const A_LINE = /^\{.*\}\n/;

/** Needs no daemon; what stands in one list is done one after the other. */
export const WITHOUT_DAEMON: readonly (readonly Step[])[] = [
  steps(
    'breakout backtest --preset breakout_v1 --data ./candles',
    'breakout backtest --preset breakout_v1 --data ./candles --symbols BTCUSDT,ETHUSDT --from 2024-03-01 --json',
  ),
  [
    ...steps(
      'breakout service print --user',
      'breakout service print --system',
      'breakout service print --system --json',
      'breakout --instance second service print --user',
      'breakout service install --user',
      'breakout --instance second service install --user',
      'breakout service uninstall --user',
      'breakout service install --system --unit-dir ./units',
      'breakout service uninstall --unit-dir ./units',
      'breakout config show',
      'breakout config show --json',
      'breakout config validate',
      'breakout config validate ./config.json',
      'breakout config path',
      'breakout config schema',
      'breakout presets validate ./mine.json',
      'breakout presets show mine --json',
      'breakout start --help',
      'breakout completion bash',
      'breakout completion zsh',
      'breakout completion fish',
      'breakout man',
      'breakout man breakout-rpc',
      'breakout man > breakout.1',
    ),
    step('BREAKOUT_LOG_LEVEL=debug breakout config show', { says: /log\.level +debug +BREAKOUT_LOG_LEVEL/ }),
  ],
];

/** Where an exchange listens; needs no daemon. */
export const DOWNLOADS: readonly Step[] = [
  ...steps(
    'breakout data list',
    'breakout data download --exchange bybit --symbols BTC/USDT:USDT,ETH/USDT:USDT --since 2025-01-01',
    'breakout data download --exchange bybit --symbols SOL/USDT --timeframe 1m --since 2025-01-01 --until 2025-02-01 --data ./spot',
    'breakout data import ./candles --data ./store',
    'breakout data list --data ./store --json',
    'breakout backtest --preset breakout_v1 --data ./store',
    'breakout data export ./csv --data ./store --symbols BTCUSDT',
  ),
];

/** Where two sessions have been recorded; needs no daemon. */
export const RECORDED: readonly Step[] = [
  ...steps(
    'breakout db path',
    'breakout replay last',
    'breakout replay 1 --until 2025-01-03T12:00Z',
    'breakout replay last --json',
    'breakout export trades --csv',
    'breakout export fills --all --csv --out fills.csv',
    'breakout export equity --session 1 --json',
  ),
  step('sqlite3 -readonly "$(breakout db path)" "SELECT * FROM v_daily"', { says: /\|2025-01-0\d\|\d+\|/ }),
  step('sqlite3 -readonly "$(breakout db path)" "SELECT closed, symbol, side, pnl, r FROM v_trades"', {
    says: /^2025-01-0\d\S+Z\|\w+\|(?:long|short)\|/m,
  }),
  step('sqlite3 -readonly -header -csv "$(breakout db path)" "SELECT * FROM v_tax" > tax.csv'),
];

export const START = 'breakout start --preset breakout_v1';

/** While a session runs; in any order. */
export const READING: readonly Step[] = [
  ...steps(
    'breakout status --json',
    'breakout metrics',
    'breakout metrics --prometheus',
    'breakout commands',
    'breakout transitions --limit 20',
    'breakout trades --json',
    'breakout orders',
    'breakout reconcile',
    'breakout orders --all --symbol BTCUSDT',
    'breakout candles BTCUSDT --limit 8',
    'breakout levels',
    'breakout levels BTCUSDT',
    'breakout candidates',
    'breakout account',
    'breakout explain',
    'breakout explain ETHUSDT',
    'breakout diagnostics',
    'breakout signals',
    'breakout signals --symbol SOLUSDT --limit 10 --json',
    'breakout equity',
    'breakout equity --since 2024-03-01 --ascii',
    'breakout equity --json --limit 100',
    'breakout sessions',
    'breakout sessions show',
    'breakout sessions show 1 --preset',
    'breakout sessions checkpoints --limit 20',
    'breakout rpc',
    'breakout rpc engine.status',
    `breakout rpc engine.transitions '{"limit": 1}'`,
    `breakout rpc engine.transitions '{"limit": 5}'`,
    'breakout rpc rpc.discover',
    'breakout presets',
    'breakout presets list --json',
    'breakout presets show breakout_v1',
    'breakout daemon status',
    // Without a terminal: one status.
    'breakout tui',
    'breakout tui --read-only --ascii',
    'breakout logs -n 20',
    'breakout logs --levels',
    'breakout logs --since 10m --level warn --json',
  ),
  step('breakout health', { code: VERDICT }),
  step('breakout health --json', { code: VERDICT }),
  step('breakout doctor', { code: VERDICT }),
  step('breakout doctor --json', { code: VERDICT }),
  step('breakout doctor --ask-exchanges', { code: VERDICT }),
  // No exchange is set up here.
  step('breakout keys list', { says: /no exchange is set up/ }),
  step('breakout keys list --exchange bybit --json'),
  step('breakout keys check', { code: 1, says: /no exchange is set up/ }),
  step('breakout keys check --json', { code: 1 }),
  step('breakout keys check --exchange bybit', { code: 1, says: /NO_KEYS/ }),
  step('breakout events', { until: /\n/ }),
  step('breakout events --topics trade,halt --json', { until: /Ctrl-C ends this view/ }),
  step('breakout events --topics trade --prices --symbols BTCUSDT,ETHUSDT', {
    until: /price +(?:BTC|ETH)USDT \d/,
  }),
  step('breakout events --since 0 --json', { until: A_LINE }),
  step('breakout events --topics session --since 0 --json', { until: A_LINE }),
];

/** One after the other, in the session of the page, once it has traded. */
export const SESSION: readonly Step[] = [
  step('breakout status'),
  step('breakout positions', { market: true }),
  step('breakout pause --reason lunch'),
  step('breakout resume'),
  step('breakout trades', { market: true }),
  // Nobody is there to ask.
  step('breakout close BTCUSDT', { code: 3, says: /add --yes/ }),
  step('breakout close 12 --yes', { market: true }),
  step('breakout reconcile --adopt BTCUSDT', { code: 3, says: /add --yes/ }),
  step('breakout reconcile --adopt BTCUSDT --yes', { code: 1, says: /the bot did not make/ }),
  step('breakout reconcile --ignore ETHUSDT --yes', { code: 1, says: /the bot did not make/ }),
  step('breakout cancel 17', { code: 1, says: /`breakout orders` shows those that are out/ }),
  step('breakout retry', { code: 1, says: /not in ERROR/ }),
  ...steps(
    'breakout pause --reason "exchange maintenance"',
    'breakout resume',
    'breakout reload',
    'breakout logs --level debug --for 10m --component engine',
    'breakout logs --set-level configured',
  ),
  step('breakout logs --follow --component control', { until: /\n/ }),
  ...steps('breakout stop --flatten --yes'),
];

/** Further sessions of the same daemon. */
export const FURTHER: readonly Step[] = steps(
  START,
  'breakout emergency-stop --yes --reason "wrong preset"',
  'breakout reset --reason "checked the account, flat"',
  'breakout start --preset breakout_v1 --seed 7 --follow --for 60s',
  'breakout start --preset breakout_v1 --data ./candles --from 2024-03-01 --speed 0 --follow',
  'breakout start --preset breakout_v1 --venue replay --data ./candles --speed 0 --follow',
  // Without a terminal: one status.
  'breakout start --preset breakout_v1 --tui',
  'breakout stop',
  START,
  'breakout stop',
);

/** The daemon as a process, with nothing to trade. */
export const PROCESS: readonly Step[] = steps(
  'breakout daemon stop',
  'breakout daemon start',
  'breakout daemon stop',
  'breakout daemon start --log-level debug',
  'breakout daemon stop',
  'breakout daemon start --metrics-listen 127.0.0.1:9464',
  `node -e 'fetch("http://127.0.0.1:9464/metrics").then((answer) => answer.text()).then(console.log)'`,
);

/** Each with a machine of its own, as it stays in the foreground. */
export const FOREGROUND: readonly Step[] = [
  step('breakout daemon run', { until: /breakout daemon: pid \d+, socket / }),
  step('breakout --instance second daemon run --metrics-listen 127.0.0.1:9464', {
    until: /breakout daemon: pid \d+, socket /,
  }),
];
