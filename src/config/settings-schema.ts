/**
 * The schema of `config.json`: every setting of the daemon, its unit, its range and its default, in one place.
 * Keys are snake_case because people write them. Nothing secret is a setting.
 */
import { z } from 'zod';
import { isLoopback, parseListen } from './listen.ts';

/** From the fewest lines to the most. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The parts of the daemon whose log level can be set apart from the rest. */
export const LOG_COMPONENTS = [
  'daemon',
  'control',
  'session',
  'engine',
  'execution',
  'venue',
  'journal',
  'metrics',
] as const;

const level = z.enum(LOG_LEVELS);

const log = z.strictObject({
  level: level.default('info'),
  components: z
    .partialRecord(z.enum(LOG_COMPONENTS), level)
    .default({})
    .describe('Levels of single components, over `level`: {"control": "debug"}'),
  max_file_mb: z.int().min(1).max(1024).default(10).describe('A log file is rotated at this size, in MiB'),
  max_files: z.int().min(1).max(100).default(5).describe('Log files kept, the current one included'),
});

const metrics = z
  .strictObject({
    listen: z
      .string()
      .max(60)
      .refine((text) => parseListen(text) !== null, {
        error: 'an address and a port such as "127.0.0.1:9464" or "[::1]:9464"',
      })
      .nullable()
      .default(null)
      .describe('Where a scraper reads metrics over HTTP: ADDRESS:PORT; null = nowhere'),
    allow_remote: z
      .boolean()
      .default(false)
      .describe('Lets `listen` be an address that other machines reach: metrics tell of positions and money'),
  })
  .refine(
    ({ listen, allow_remote }) =>
      allow_remote || listen === null || parseListen(listen) === null || isLoopback(listen),
    {
      path: ['listen'],
      error: 'other machines could read it: use 127.0.0.1 or [::1], or set metrics.allow_remote',
    },
  );

const readOnlySocket = z.strictObject({
  path: z
    .string()
    .startsWith('/', 'an absolute path')
    .max(103)
    .optional()
    .describe("Absolute; when missing: beside the daemon's socket, with `-ro` in its name"),
  group: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'the name of a group')
    .optional()
    .describe(
      "The group that may connect: the daemon's user must be a member, and the group able to enter each folder above the socket (a folder of the daemon's own, 0700, is given to it with 0710; the state folder never is). When missing: the daemon's own group, and folders stay as they are",
    ),
  mode: z.enum(['0660', '0600']).default('0660').describe('0600 = the owner alone, without `group`'),
});

const rate = (max: number) => z.number().min(0.1).max(max);
const burst = (max: number) => z.int().min(1).max(max);

const control = z.strictObject({
  read_only_socket: readOnlySocket
    .nullable()
    .default(null)
    .describe('A second socket for monitoring, on which nothing can be changed; null = none'),
  max_connections: z.int().min(4).max(4096).default(256),
  half_line_ms: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('A request line that has begun must end within this'),
  reads_per_second: rate(1_000_000).default(25_000).describe('Requests that change nothing, per connection'),
  reads_burst: burst(1_000_000).default(50_000).describe('How many of them may come at once after a rest'),
  control_per_second: rate(1_000).default(5).describe('Control commands, per connection'),
  control_burst: burst(1_000).default(20).describe('How many of them may come at once after a rest'),
});

/** A figure and the two values from which it is a warning and critical. */
const threshold = (figure: z.ZodNumber, warn: number, critical: number) =>
  z
    .strictObject({ warn: figure.default(warn), critical: figure.default(critical) })
    .refine((t) => t.warn < t.critical, { path: ['warn'], error: 'must be below `critical`' })
    .prefault({});

const percent = z.number().min(1).max(100);
const millis = z.number().min(1).max(600_000);

const health = z.strictObject({
  cpu_percent: threshold(percent, 80, 95).describe('Of one core, over the last interval'),
  memory_percent: threshold(percent, 80, 95).describe('Of the memory that the daemon may take'),
  disk_percent: threshold(percent, 85, 95).describe('Used, of the file system of the state folder'),
  event_loop_lag_ms: threshold(millis, 100, 1_000),
  feed_age_seconds: threshold(z.number().min(1).max(86_400), 330, 660).describe(
    'Wall time since the last candle of a live feed',
  ),
  journal_lag_ms: threshold(millis, 500, 5_000).describe('Time that a commit takes'),
});

const journal = z.strictObject({
  input_days: z
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe(
      'Inputs older than this many days are dropped, and the books of simulated venues with them: a session can no longer be replayed from there. Trades, fills, orders, equity and transitions stay',
    ),
  max_mb: z
    .int()
    .min(64)
    .max(1_048_576)
    .default(2048)
    .describe(
      'Beyond this many MiB in use the oldest inputs are dropped, however young; what a recovery needs stays',
    ),
});

const origin = z.string().regex(/^(https?|wss?):\/\/[^\s?#]+$/, 'an address such as "http://127.0.0.1:9000"');

const exchange = z
  .strictObject({
    type: z
      .enum(['linear', 'spot'])
      .default('linear')
      .describe('linear: perpetuals settled in the quote coin; spot: long alone'),
    quote: z
      .string()
      .regex(/^[A-Z0-9]{2,10}$/, 'a coin such as "USDT"')
      .default('USDT')
      .describe('Markets quoted (and settled) in this coin are traded'),
    sandbox: z.boolean().default(false).describe("The exchange's own test environment instead"),
    urls: z
      .strictObject({ rest: origin, ws_public: origin, ws_private: origin })
      .optional()
      .describe("Where the exchange is reached instead of its own addresses, such as a proxy's"),
    leverage: z.int().min(1).max(125).optional().describe('Set at the start; when missing it stays as it is'),
    margin_mode: z
      .enum(['isolated', 'cross'])
      .optional()
      .describe('Set at the start; when missing it stays as it is'),
    candle_grace_seconds: z
      .number()
      .min(1)
      .max(120)
      .default(10)
      .describe('A candle that has not come by then after its close counts as late'),
    markets_reload_hours: z
      .number()
      .min(0.05)
      .max(168)
      .default(4)
      .describe(
        'How often it is asked what it lists: new markets, markets that are gone, other ticks and lots',
      ),
  })
  .prefault({});

const exchanges = z
  .partialRecord(z.string().regex(/^[a-z0-9]{2,40}$/, "an exchange's name as ccxt has it"), exchange)
  .default({})
  .describe('By the name that ccxt has for the exchange; what is not here has the defaults');

export const settingsSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  log: log.prefault({}),
  metrics: metrics.prefault({}),
  control: control.prefault({}),
  health: health.prefault({}),
  journal: journal.prefault({}),
  exchanges,
});

export type ExchangeSettings = z.infer<typeof exchange>;

/** How an exchange is reached that `config.json` says nothing of. */
export const DEFAULT_EXCHANGE: ExchangeSettings = exchange.parse({});

/** Every setting, with every default filled in. */
export type Settings = Omit<z.infer<typeof settingsSchema>, '$schema'>;
