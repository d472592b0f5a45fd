/**
 * The levels of all symbols and their lives. Levels are searched for at scans, for candidates only; what is
 * watched between scans is the armed ones and, for retests, the broken ones.
 */
import { type Archive, numberShape, type Shape } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import type { Side } from '../engine/output.ts';
import { item } from '../market/arrays.ts';
import { HOUR, type Millis } from '../market/time.ts';
import { baseHeight, findLevels } from './find-levels.ts';
import { type FoundLevel, type Level, type LevelLife, levelShape } from './level.ts';
import { CANDLE, type Series } from './series.ts';
import type { Why } from './why.ts';

/** Candles of the base that a breakout leaves. */
const BASE_CANDLES = 12;
const SIDES: readonly Side[] = ['long', 'short'];

export type LevelListener = (level: Level, reason: string) => void;

export class LevelBook {
  armed = 0;
  readonly #preset: Preset;
  readonly #why: Why;
  readonly #changed: LevelListener;
  readonly #levels: Level[][];
  /** Symbols with armed or broken levels, ascending. */
  #watched: number[] = [];
  /** Levels that grew too old and are still seen: known, so that the next search does not take them for new ones. */
  readonly #aged = new Set<Level>();
  #ordinal = 0;

  constructor(preset: Preset, symbols: number, why: Why, changed: LevelListener) {
    this.#preset = preset;
    this.#why = why;
    this.#changed = changed;
    this.#levels = Array.from({ length: symbols }, () => []);
  }

  /** There are so many symbols now. */
  grow(symbols: number): void {
    while (this.#levels.length < symbols) this.#levels.push([]);
  }

  get watched(): readonly number[] {
    return this.#watched;
  }

  of(symbol: number): readonly Level[] {
    return item(this.#levels, symbol);
  }

  all(): Level[] {
    return this.#levels.flat().filter((l) => l.life !== 'expired');
  }

  /** After a scan: levels of the candidates are sought and armed; those of other symbols rest as formed. */
  rebuild(candidates: readonly number[], series: readonly Series[], at: Millis): void {
    const chosen = new Set(candidates);
    for (const symbol of this.#watched) {
      if (chosen.has(symbol)) continue;
      for (const level of this.of(symbol))
        if (level.life === 'armed') this.#move(level, 'formed', 'not a candidate');
      this.#prune(symbol);
    }
    for (const symbol of candidates) this.#refresh(symbol, item(series, symbol), at);
    this.#recount();
  }

  /** Nothing is watched for now: armed levels rest, and a retest that was waited for may be missed. */
  suspend(reason: string): void {
    for (const symbol of this.#watched) {
      for (const level of [...this.of(symbol)]) {
        if (level.life === 'armed') this.#move(level, 'formed', reason);
        else if (level.life === 'broken') this.#move(level, 'invalidated', reason);
      }
      this.#prune(symbol);
    }
    this.#recount();
  }

  /** Ends a level's life, or moves it on. */
  move(level: Level, life: LevelLife, reason: string): void {
    this.#move(level, life, reason);
    if (life === 'invalidated' || life === 'expired' || life === 'retested') this.#prune(level.symbol);
    this.#recount();
  }

  /**
   * A gap in the candles: an armed level that price is now beyond was crossed unseen and gives no signal; a retest
   * that was waited for may have happened unseen.
   */
  crossedInGap(symbol: number, close: number): void {
    for (const level of [...this.of(symbol)]) {
      const beyond = level.side === 'long' ? close > level.price : close < level.price;
      if (level.life === 'broken' || (level.life === 'armed' && beyond)) {
        this.move(level, 'invalidated', 'crossed in a gap of the candles');
      }
    }
  }

  #refresh(symbol: number, series: Series, at: Millis): void {
    const levels = item(this.#levels, symbol);
    const tolerance = this.#preset.levels.merge_tolerance_atr * series.atr.value;
    let total = 0;
    for (const side of SIDES) {
      if (this.#preset.sides !== 'both' && this.#preset.sides !== side) continue;
      const found = findLevels(series, side, this.#preset);
      total += found.length;
      const kept = new Set<Level>();
      for (const proposal of found) {
        const known = sameLevel(levels, side, proposal.price, tolerance, kept, this.#aged);
        const level = known ?? this.#form(symbol, side, proposal, levels);
        kept.add(level);
        level.price = proposal.price;
        level.touches = proposal.touches;
        level.strength = proposal.strength;
        level.bornAt = Math.min(level.bornAt, proposal.bornAt);
        this.#arm(level, series, at);
      }
      for (const level of levels) {
        if (level.side === side && !kept.has(level)) this.#aged.delete(level);
        if (level.side === side && !kept.has(level) && (level.life === 'formed' || level.life === 'armed')) {
          this.#move(level, 'expired', 'no longer seen in the candles');
        }
      }
    }
    this.#why.judge(symbol, 'level_found', total > 0, total, 1);
    this.#prune(symbol);
  }

  #form(symbol: number, side: Side, found: FoundLevel, levels: Level[]): Level {
    const level: Level = {
      id: ++this.#ordinal,
      symbol,
      side,
      price: found.price,
      touches: found.touches,
      strength: found.strength,
      life: 'formed',
      bornAt: found.bornAt,
      brokenAt: 0,
      breakVolume: Number.NaN,
    };
    levels.push(level);
    this.#changed(level, 'found');
    return level;
  }

  /** Arms a level that meets the preset's conditions, disarms one that no longer does. */
  #arm(level: Level, series: Series, at: Millis): void {
    const { levels } = this.#preset;
    const why = this.#why;
    const i = level.symbol;
    const atr = series.atr.value;
    let ok = why.atLeast(i, 'min_touches', level.touches, levels.min_touches);
    if (!why.atLeast(i, 'min_strength', level.strength, levels.min_strength)) ok = false;
    if (
      !why.atMost(i, 'max_distance_atr', Math.abs(level.price - series.close) / atr, levels.max_distance_atr)
    )
      ok = false;
    if (levels.max_base_height_atr !== null) {
      const height = baseHeight(series.candles, BASE_CANDLES) / atr;
      if (!why.atMost(i, 'max_base_height_atr', height, levels.max_base_height_atr)) ok = false;
    }
    if (!why.atMost(i, 'max_age_hours', (at - level.bornAt) / HOUR, levels.max_age_hours)) {
      if (level.life !== 'expired') this.#move(level, 'expired', `older than ${levels.max_age_hours} h`);
      this.#aged.add(level);
      return;
    }
    if (ok && level.life === 'formed') this.#move(level, 'armed', `${level.touches} touches`);
    if (!ok && level.life === 'armed') this.#move(level, 'formed', 'conditions no longer met');
  }

  /** Broken levels whose retest did not come in time expire. */
  expireBroken(symbol: number, at: Millis): void {
    const limit = this.#preset.retest.max_wait_bars;
    for (const level of [...this.of(symbol)]) {
      if (level.life !== 'broken') continue;
      const waited = (at - level.brokenAt) / CANDLE;
      if (!this.#why.atMost(symbol, 'max_wait_bars', waited, limit))
        this.move(level, 'expired', 'no retest came in time');
    }
  }

  #move(level: Level, life: LevelLife, reason: string): void {
    level.life = life;
    this.#changed(level, reason);
  }

  #prune(symbol: number): void {
    this.#levels[symbol] = item(this.#levels, symbol).filter(
      (l) => l.life === 'formed' || l.life === 'armed' || l.life === 'broken' || this.#aged.has(l),
    );
  }

  #recount(): void {
    const watched: number[] = [];
    let armed = 0;
    for (const [symbol, levels] of this.#levels.entries()) {
      let live = false;
      for (const level of levels) {
        if (level.life === 'armed') armed++;
        if (level.life === 'armed' || level.life === 'broken') live = true;
      }
      if (live) watched.push(symbol);
    }
    this.armed = armed;
    this.#watched = watched;
  }

  archive(a: Archive): void {
    a.section('LevelBook');
    this.armed = a.number(this.armed);
    this.#ordinal = a.number(this.#ordinal);
    a.items(this.#watched, numberShape);
    if (a.loading) this.#aged.clear();
    // Each level says with itself whether it is an aged one, so that it stays one object.
    const shape: Shape<Level> = (_, level) => {
      const known = levelShape(a, level);
      const aged = a.flag(level === undefined ? undefined : this.#aged.has(level));
      if (a.loading && aged) this.#aged.add(known);
      return known;
    };
    for (const levels of this.#levels) a.items(levels, shape);
  }
}

/** The nearest level of that side, not broken, within the tolerance of `price` and not spoken for yet. */
function sameLevel(
  levels: readonly Level[],
  side: Side,
  price: number,
  tolerance: number,
  taken: ReadonlySet<Level>,
  aged: ReadonlySet<Level>,
): Level | undefined {
  let nearest: Level | undefined;
  let reach = tolerance;
  for (const level of levels) {
    if (level.side !== side || (level.life !== 'formed' && level.life !== 'armed' && !aged.has(level)))
      continue;
    const apart = Math.abs(level.price - price);
    if (apart > reach || taken.has(level)) continue;
    if (nearest === undefined || apart < reach) nearest = level;
    reach = apart;
  }
  return nearest;
}
