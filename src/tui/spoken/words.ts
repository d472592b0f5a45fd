/** The lines of a screen as they are read aloud: words and figures with pauses between them, nothing that is drawn. */
import { stripVTControlCharacters } from 'node:util';

/** Rules, boxes, bars, candles, sparklines. */
const DRAWN = /[\u2500-\u25a3]+/g;
const SIGNS = new Map([
  ['▸', ' selected: '],
  ['▲', ' above '],
  ['▼', ' below '],
  ['→', ' to '],
  ['…', ' and so on'],
]);

/** @returns an empty text for a line that says nothing. */
export function readAloud(painted: string): string {
  const text = stripVTControlCharacters(painted)
    .replace(/[▸▲▼→…]/g, (sign) => SIGNS.get(sign) ?? ' ')
    .replace(DRAWN, '  ')
    .replace(/(?<=\s)-(?=\s|$)/g, 'none')
    .trim()
    .replace(/:\s+/g, ': ')
    .replace(/\s{2,}/g, ', ');
  return /[\p{L}\d]/u.test(text) ? text : '';
}

export function linesAloud(painted: string): readonly string[] {
  return painted
    .split('\n')
    .map(readAloud)
    .filter((text) => text !== '');
}
