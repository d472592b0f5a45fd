/**
 * What a screen reader is given in place of a screen: lines that are added one after the other, and never again
 * changed, and a last line for what is typed and answered. Only what has changed and matters is said: the connection and
 * the mode, what must not be overlooked, news, what a key has opened. Figures that move are read when a key asks for
 * them.
 */
import { plural } from '../../cli/format.ts';
import type { Region } from '../frame/region.ts';
import type { Standing } from '../frame/standing.ts';
import { MESSAGE_MS } from '../keys/ui-state.ts';
import { entryWords } from '../store/reduce.ts';
import { isStale, type LogEntry, tradingWord, type ViewState } from '../store/state.ts';
import { clock, money, signed } from '../text/figures.ts';
import { linesAloud, readAloud } from './words.ts';

export interface Spoken {
  /** Changes where `lines` begins anew: what was said before is forgotten. */
  readonly part: number;
  readonly lines: readonly string[];
  readonly prompt: string;
}

export interface SpeechOptions {
  readonly standing: () => Standing;
  readonly screen: () => readonly Region[];
}

/** News at a time: a listener cannot skip what is being read. */
const MOST_NEWS = 5;
/** Lines of a pane. */
const MOST_LINES = 16;
/** Lines that are kept. */
const MOST_KEPT = 500;

/** It is written again below whatever is said: the shorter, the better. */
const PROMPT = '>';
const KEYS = 'question mark lists the keys, tab reads the next pane, ctrl+l reads this one again, q leaves';

interface Told {
  readonly headline: string | null;
  readonly alert: string;
  readonly news: string | null;
  readonly overlay: readonly string[];
  readonly pane: string | null;
  readonly row: string;
}

const NOTHING: Told = { headline: null, alert: '', news: null, overlay: [], pane: null, row: '' };

export class Speech {
  readonly #options: SpeechOptions;
  #told: Told = NOTHING;
  /** What was said last was made of: React asks more often than there is anything new. */
  #heard: { readonly standing: Standing; readonly regions: readonly Region[] } | null = null;
  #spoken: Spoken = { part: 0, lines: [KEYS], prompt: PROMPT };

  constructor(options: SpeechOptions) {
    this.#options = options;
  }

  /** Brings up to date what has been said. */
  readonly spoken = (): Spoken => {
    const standing = this.#options.standing();
    const regions = this.#options.screen();
    const heard = this.#heard;
    if (heard !== null && isSame(heard.standing, standing) && heard.regions === regions) return this.#spoken;
    this.#heard = { standing, regions };
    const { said, told } = changes(this.#told, standing, regions);
    this.#told = told;
    const prompt = promptOf(standing, regions);
    if (said.length === 0 && prompt === this.#spoken.prompt) return this.#spoken;
    const { part, lines } = this.#spoken;
    this.#spoken =
      lines.length > MOST_KEPT
        ? { part: part + 1, lines: said, prompt }
        : { part, lines: said.length === 0 ? lines : [...lines, ...said], prompt };
    return this.#spoken;
  };

  /** Says how things stand once more. */
  repeat(): void {
    this.#told = { ...NOTHING, news: this.#told.news };
    this.#heard = null;
  }
}

const isSame = (a: Standing, b: Standing): boolean => a.state === b.state && a.ui === b.ui;

const textOf = (regions: readonly Region[], id: string): string =>
  regions.find((region) => region.id === id)?.text ?? '';

function changes(
  before: Told,
  standing: Standing,
  regions: readonly Region[],
): { said: string[]; told: Told } {
  const { state, ui } = standing;
  const [headline, alert] = [headlineOf(state), linesAloud(textOf(regions, 'alert')).join(' ')];
  const overlay = linesAloud(textOf(regions, 'overlay'));
  const [title = '', ...body] = linesAloud(textOf(regions, ui.focus));
  const row = body.find((text) => text.startsWith('selected:')) ?? '';
  // Under a box the pane is not what is asked for.
  const pane = overlay.length > 0 || state.status === null ? null : ui.focus;
  const isNewPane = pane !== null && pane !== before.pane;
  const rest = body.length > MOST_LINES ? [`and ${body.length - MOST_LINES} more lines`] : [];
  const { lines: news, last } = newsSince(before.news, state);
  const said = [
    ...(headline === before.headline ? [] : [headline, ...figuresOf(state)]),
    ...(alert === before.alert ? [] : [alert === '' ? `Over: ${before.alert}` : `Attention: ${alert}`]),
    ...news,
    ...overlay.filter((text) => !before.overlay.includes(text)),
    ...(isNewPane ? [title.replace(/^selected: /, ''), ...body.slice(0, MOST_LINES), ...rest] : []),
    ...(!isNewPane && row !== '' && isAnother(row, before.row) ? [row] : []),
  ];
  return { said, told: { headline, alert, news: last, overlay, pane: pane ?? before.pane, row } };
}

/** The figures of a row move; its first word says which it is. */
function isAnother(row: string, before: string): boolean {
  const name = (text: string): string => text.split(',')[0] ?? '';
  return name(row) !== name(before);
}

/** The mode, the session and the connection. */
function headlineOf(state: ViewState): string {
  const { status, connection } = state;
  const connected =
    connection.phase !== 'live'
      ? state.heardAt === null
        ? 'not connected'
        : 'not connected, figures are stale'
      : isStale(state)
        ? 'connected, no answer, figures are stale'
        : 'connected';
  if (status === null) return connected;
  const session =
    status.preset === null
      ? 'no session'
      : `${status.preset} on ${status.venue ?? 'no venue'}, ${status.ended === null ? 'running' : 'ended'}`;
  return `${tradingWord(status)}: ${session}, ${connected}`;
}

function figuresOf({ status }: ViewState): readonly string[] {
  if (status === null || status.preset === null) return [];
  const { slots, freeSlots, dailyR, consecutiveLosses, equity } = status;
  const parts = [
    `state ${status.state}`,
    `${slots - freeSlots} of ${plural(slots, 'slot')} taken`,
    `today ${signed(dailyR)} R`,
    `${plural(consecutiveLosses, 'loss', 'losses')} in a row`,
    ...(equity === null ? [] : [`equity ${money(equity)}`]),
  ];
  return [parts.join(', ')];
}

function newsSince(
  last: string | null,
  { news }: ViewState,
): { lines: readonly string[]; last: string | null } {
  const newest = news.at(-1)?.id ?? last;
  if (newest === last) return { lines: [], last };
  const at = news.findIndex(({ id }) => id === last);
  // What was there before the view was opened is no news.
  const fresh = last === null ? news.slice(-1) : news.slice(at + 1);
  const left = fresh.length - MOST_NEWS;
  return {
    lines: [
      ...(left > 0 ? [`${left} more events, e reads them`] : []),
      ...fresh.slice(-MOST_NEWS).map(newsLine),
    ],
    last: newest,
  };
}

function newsLine(entry: LogEntry): string {
  const { kind, text } = entryWords(entry);
  const at = entry.kind === 'notice' ? entry.at : entry.told.at;
  return `${clock(at).slice(0, 5)} ${kind}: ${text.replaceAll('->', 'to')}`;
}

/** What is typed or answered; else the way on. */
function promptOf({ state, ui }: Standing, regions: readonly Region[]): string {
  const fresh = ui.message !== null && state.now - ui.messageAt < MESSAGE_MS;
  if (ui.mode.kind !== 'normal' || ui.busy !== null || fresh) return readAloud(textOf(regions, 'keys'));
  return PROMPT;
}
