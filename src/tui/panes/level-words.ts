/** A level in words and cells, the same wherever one is shown. */
import type { LevelResult } from '../../protocol/trading-views.ts';
import { bar } from '../text/bar.ts';
import { dayClock, decimal } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Span, span, type Tone } from '../text/line.ts';
import type { Field } from './fields.ts';

/** Where the bar is empty, in ATR: the nearest armed levels lie within it. */
const FAR = 3;
/** Coloured as near from here on, in ATR: half of what a candle of 15 minutes commonly spans. */
const NEAR = 0.5;

export const BAR_CELLS = 6;
export const LEVEL_CELLS = 11;
export const ATR_CELLS = 6;

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
  const room = LEVEL_CELLS - 1;
  return `${side === 'long' ? glyphs.up : glyphs.down}${decimal(price, room).padStart(room)}`;
}

/** What is left to it in ATR; negative once the last close is beyond. A dash where there is no ATR yet. */
export function toGoCell({ distanceAtr }: LevelResult): Span | string {
  if (distanceAtr === null) return '-';
  return span(nearTone(distanceAtr), distanceAtr.toFixed(2));
}

/** The fuller, the nearer. Beyond the level there is nothing left to draw; where there is no ATR yet, nothing is known. */
export function nearBar({ distanceAtr }: LevelResult, glyphs: Glyphs): Span | string {
  if (distanceAtr === null) return '';
  if (distanceAtr < 0) return span('warn', 'beyond');
  return span(nearTone(distanceAtr), bar(1 - distanceAtr / FAR, BAR_CELLS, glyphs));
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
