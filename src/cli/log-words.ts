/** Lines of the log in words, and the names that they go by. */
import type { ResultOf } from '../protocol/methods.ts';
import type { Paint, Tone } from './style.ts';

type WireLine = ResultOf<'logs.tail'>['lines'][number];
export type Level = WireLine['level'];
export type Component = WireLine['component'];

/** From the fewest lines to the most. */
export const LEVELS: readonly Level[] = ['error', 'warn', 'info', 'debug'];

export const COMPONENTS: readonly Component[] = [
  'daemon',
  'control',
  'session',
  'engine',
  'execution',
  'venue',
  'journal',
  'metrics',
];

/** A line from the daemon, or from the log file, which numbers none. */
export interface ShownLine {
  readonly timestamp: string;
  readonly level: string;
  readonly component: string;
  readonly message: string;
  readonly ref: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

const TONES: Readonly<Record<string, Tone>> = { error: 'bad', warn: 'warn', debug: 'dim' };

/** A longer value is cut; `--json` has it whole. */
const LONGEST_VALUE = 200;

/** Whether `level` is as grave as `least` or graver. An unknown level is shown rather than hidden. */
export function isAtLeast(level: string, least: Level): boolean {
  const known: readonly string[] = LEVELS;
  return known.indexOf(level) <= known.indexOf(least);
}

/** `2026-03-31 08:05:00.123  info   control    engine.pause done  ref=1f2e3d4c by=cli ms=2.1`, in UTC. */
export function logLine(line: ShownLine, paint: Paint): string {
  const time = line.timestamp.slice(0, 23).replace('T', ' ');
  const fields = [
    ...(line.ref === null ? [] : [`ref=${line.ref}`]),
    ...Object.entries(line.detail).map(([key, value]) => `${plain(key)}=${valueText(value)}`),
  ];
  const tail = fields.length === 0 ? '' : `  ${paint('dim', fields.join(' '))}`;
  const level = paint(TONES[line.level] ?? 'plain', plain(line.level).padEnd(5));
  return `${paint('dim', plain(time))}  ${level}  ${plain(line.component).padEnd(9)}  ${plain(line.message)}${tail}`;
}

function valueText(value: unknown): string {
  const bare = typeof value === 'string' && /^[^\s"=]+$/.test(value);
  const text = plain(bare ? value : (JSON.stringify(value) ?? String(value)));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** Control characters as their codes: a line of a log must not rewrite the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
