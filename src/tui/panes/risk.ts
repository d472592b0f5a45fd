/** How much of each limit is used, as bars with figures and words; with room for it, the account as well. */
import { percent } from '../../cli/format.ts';
import type { AccountResult } from '../../protocol/trading-views.ts';
import type { ViewState } from '../store/state.ts';
import { bar } from '../text/bar.ts';
import { money, signed } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { EMPTY, type Line, line, padded, plain, span, type Tone, wrapped } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import { fields } from './fields.ts';
import { type FigureRow, figureRows } from './figure-rows.ts';
import { type Pane, waiting } from './pane.ts';

type Limit = AccountResult['limits'][number];

interface Meaning {
  readonly name: string;
  /** What the limit measures, and what happens when it is reached. */
  readonly words: string;
  /** A loss that stops the trading, unlike room that is taken and comes back. */
  readonly halts: boolean;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  max_open_positions: {
    name: 'open positions',
    words: 'Positions and entry orders at once. When all are taken, signals are refused until one is free.',
    halts: false,
  },
  max_same_side: {
    name: 'same side',
    words: 'Positions on one side at once. When reached, signals of that side are refused.',
    halts: false,
  },
  max_total_risk: {
    name: 'total risk',
    words:
      'Loss if every stop is hit, as a share of equity. An entry that would go over it is made smaller, or refused when nothing is left.',
    halts: false,
  },
  max_leverage: {
    name: 'leverage',
    words:
      'Notional held over equity. An entry that would go over it is made smaller, or refused when nothing is left.',
    halts: false,
  },
  daily_loss_limit: {
    name: 'daily loss',
    words:
      'Loss of the UTC day, open positions included, as a share of equity at its begin. When reached, no more entries until the next UTC day.',
    halts: true,
  },
  max_drawdown: {
    name: 'drawdown',
    words: 'Fall of equity from its peak. When reached, no more entries until `breakout reset`.',
    halts: true,
  },
  losing_streak_limit: {
    name: 'losing streak',
    words: 'Losing trades in a row. When reached, no more entries until `breakout reset`.',
    halts: true,
  },
};

const NEAR = 0.75;
const NAME = 14;
const FIGURE = 6;
const FIGURES = FIGURE + ' of '.length + FIGURE;
const WORD = 7;
/** Longer bars say no more. */
const LONGEST_BAR = 30;
const SHORTEST_BAR = 6;

const meaningOf = (limit: string): Meaning =>
  MEANINGS[limit] ?? { name: plain(limit).replaceAll('_', ' '), words: '', halts: false };

/** Of a limit of nothing, all is used. */
const shareOf = ({ value, max }: Limit): number => (max > 0 ? value / max : 1);

function verdict(limit: Limit): { readonly tone: Tone; readonly word: string } {
  const share = shareOf(limit);
  if (share >= 1)
    return meaningOf(limit.limit).halts ? { tone: 'bad', word: 'REACHED' } : { tone: 'warn', word: 'full' };
  return share >= NEAR ? { tone: 'warn', word: 'near' } : { tone: 'plain', word: '' };
}

function figure({ unit }: Limit, value: number): string {
  if (unit === 'share') return percent(value, 2).replace(' ', '');
  return unit === 'multiple' ? `${value.toFixed(2)}x` : String(value);
}

function limitLine(limit: Limit, width: number, glyphs: Glyphs, isSelected: boolean): Line {
  const { tone, word } = verdict(limit);
  const used = `${figure(limit, limit.value).padStart(FIGURE)} of ${figure(limit, limit.max).padStart(FIGURE)}`;
  const fixed = 1 + NAME + 1 + 1 + FIGURES;
  // Without room for the word a mark stands for it: the full bar and the figures say the rest.
  const words = width - fixed - 1 - WORD >= SHORTEST_BAR;
  const room = width - fixed - (words ? 1 + WORD : 1);
  return [
    span('accent', isSelected ? glyphs.pointer : ' '),
    span(isSelected ? 'selected' : 'plain', padded(meaningOf(limit.limit).name, NAME)),
    span('plain', ' '),
    span(
      tone === 'plain' ? 'accent' : tone,
      bar(shareOf(limit), Math.max(0, Math.min(room, LONGEST_BAR)), glyphs),
    ),
    span('plain', ' '),
    span('plain', padded(used, FIGURES)),
    span(tone, words ? ` ${word}` : word === '' ? '' : '!'),
  ];
}

function accountRows(account: AccountResult): FigureRow[] {
  const gain = (value: number): Tone => (value < 0 ? 'bad' : value > 0 ? 'good' : 'plain');
  const { openResult, dailyR } = account;
  return [
    { name: 'equity', parts: [money(account.equity), `${money(account.startEquity)} at the start`] },
    {
      name: 'marked',
      parts: [account.markedEquity.toFixed(2), span(gain(openResult), `open trades ${signed(openResult)}`)],
    },
    {
      name: 'realised',
      parts: [
        signed(Number(account.realised)),
        `fees ${money(account.fees)}`,
        `funding ${money(account.funding)}`,
      ],
    },
    { name: 'today', parts: [span(gain(dailyR), `${signed(dailyR)} R`)] },
    { name: 'at risk', parts: [account.openRisk.toFixed(2), 'if every stop is hit'] },
    { name: 'held', parts: [account.openNotional.toFixed(2), 'of notional'] },
    { name: 'one R', parts: [account.riskPerTrade.toFixed(2), 'in the next trade'] },
    { name: 'free', parts: [account.available?.toFixed(2) ?? 'the venue does not tell'] },
  ];
}

function limitsOf({ reads }: ViewState, filter: string): readonly Limit[] {
  const all = reads.account?.data.account?.limits ?? [];
  return filter === '' ? all : all.filter(({ limit }) => meaningOf(limit).name.includes(filter));
}

export const risk: Pane = {
  id: 'risk',
  title: 'Risk',
  hotkey: '9',
  minWidth: 40,
  minHeight: 8,
  needs: ['account'],
  summary: ({ reads }) => {
    const account = reads.account?.data.account;
    if (account == null) return '';
    return `at risk ${account.openRisk.toFixed(2)}, one R ${account.riskPerTrade.toFixed(2)}`;
  },
  rows: (state, filter) => limitsOf(state, filter).map(({ limit }) => limit),
  render({ state, width, height, glyphs, filter, selected }) {
    const read = state.reads.account;
    if (read === undefined) return [waiting(state)];
    const { account } = read.data;
    if (account === null) return [line(span('dim', 'no account yet: no session has run'))];
    const rows = limitsOf(state, filter);
    if (rows.length === 0) return [line(span('dim', 'no limit has that in it'))];
    const at = rows.findIndex(({ limit }) => limit === selected);
    const { from, to } = windowOf(rows.length, at, height, false);
    const bars = rows
      .slice(from, to)
      .map((limit) => limitLine(limit, width, glyphs, limit.limit === selected));
    const rest = figureRows(accountRows(account), width, height);
    return [...bars, EMPTY, ...rest].slice(0, height);
  },
  detail(state, key, width) {
    const limit = limitsOf(state, '').find((one) => one.limit === key);
    const account = state.reads.account?.data.account;
    if (!limit || !account) return null;
    const { words, name } = meaningOf(limit.limit);
    const { tone, word } = verdict(limit);
    const used = `${figure(limit, limit.value)} of ${figure(limit, limit.max)}`;
    return [
      ...fields([
        ['limit', span('strong', name)],
        ['used', span(tone, `${used}${word === '' ? '' : `, ${word}`}`)],
        ['preset has', `${limit.limit}: ${limit.max}`],
      ]),
      ...(words === '' ? [] : [EMPTY, ...wrapped(words, width).map((part) => line(part))]),
      EMPTY,
      ...figureRows(accountRows(account), width, Number.POSITIVE_INFINITY),
    ];
  },
};
