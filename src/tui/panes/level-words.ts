/** A level in words and cells, the same wherever one is shown. */
import type { LevelResult } from '../../protocol/trading-views.ts';
import { dayClock, decimal } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Span, span, type Tone } from '../text/line.ts';
import type { Field } from './fields.ts';

/** So many ATR away the bar is empty: further off, no candle of the next hours is likely to get there. */
const FAR = 3;
/** So near, one candle can break it. */
const NEAR = 0.5;

export const BAR_CELLS = 8;
export const LEVEL_CELLS = 12;

const LIVES: Readonly<Record<LevelResult['life'], Tone>> = {
  formed: 'dim',
  armed: 'good',
  broken: 'warn',
  retested: 'accent',
  invalidated: 'dim',
  expired: 'dim',
};

/** The price with the way that it is broken: up for a resistance, down for a support. */
export function levelCell({ side, price }: LevelResult, glyphs: Glyphs): string {
  const room = LEVEL_CELLS - 2;
  return `${side === 'long' ? glyphs.up : glyphs.down} ${decimal(price, room).padStart(room)}`;
}

/** What is left to it in ATR; negative once the last close is beyond. A dash where there is no ATR yet. */
export function toGoCell({ distanceAtr }: LevelResult): Span | string {
  if (distanceAtr === null) return '-';
  return span(nearTone(distanceAtr), distanceAtr.toFixed(2));
}

/** The fuller, the nearer; full once it is reached. Nothing where there is no ATR yet. */
export function nearBar({ distanceAtr }: LevelResult, glyphs: Glyphs): Span | string {
  if (distanceAtr === null) return '';
  const share = 1 - Math.min(1, Math.max(0, distanceAtr / FAR));
  // Only what is reached is full, and only what is far is empty.
  const most = distanceAtr > 0 ? BAR_CELLS - 1 : BAR_CELLS;
  const least = distanceAtr < FAR ? 1 : 0;
  const filled = Math.min(most, Math.max(least, Math.round(share * BAR_CELLS)));
  return span(
    nearTone(distanceAtr),
    glyphs.barFull.repeat(filled) + glyphs.barEmpty.repeat(BAR_CELLS - filled),
  );
}

export function lifeCell({ life }: LevelResult): Span {
  return span(LIVES[life], life);
}

/** What is left to it in percent of the last close. */
export function percentAway({ side, price, close }: LevelResult): number {
  const left = Number(price) - Number(close);
  return ((side === 'long' ? left : -left) / Number(close)) * 100;
}

export function levelFields(level: LevelResult): Field[] {
  const { side, distanceAtr } = level;
  const percent = `${percentAway(level).toFixed(2)} % of the close`;
  const beyond = distanceAtr !== null && distanceAtr < 0 ? ', the close is beyond it' : '';
  return [
    [
      'level',
      `${level.price}, ${side === 'long' ? 'a resistance, broken upwards' : 'a support, broken downwards'}`,
    ],
    ['close', level.close],
    [
      'to go',
      distanceAtr === null
        ? `${percent}; the ATR is not known yet`
        : `${distanceAtr.toFixed(2)} ATR (of 15 minutes), ${percent}${beyond}`,
    ],
    ['life', lifeCell(level)],
    ['touches', String(level.touches)],
    ['strength', `${level.strength.toFixed(2)} of 1`],
    ['since', `${dayClock(level.bornAt)} UTC`],
    ...(level.brokenAt === null ? [] : [['broken', `${dayClock(level.brokenAt)} UTC`] as const]),
    ['number', String(level.id)],
  ];
}

function nearTone(distanceAtr: number): Tone {
  if (distanceAtr <= 0) return 'warn';
  return distanceAtr <= NEAR ? 'accent' : 'plain';
}
