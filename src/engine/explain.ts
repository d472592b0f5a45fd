/**
 * Why there is no trade: for each symbol how far it came through the pipeline and what it stopped at, for the whole
 * the funnel, the pass rates and the near misses. Made from the last judgements, when somebody asks.
 */
import { item } from '../market/arrays.ts';
import { DAY } from '../market/time.ts';
import { CONDITION_NAMES, CONDITIONS, type Stage } from '../strategy/conditions.ts';
import type { Judgement } from '../strategy/why.ts';
import type { Controls } from './controls.ts';
import { judgementText, missOf } from './judgement-text.ts';
import type { Run } from './run.ts';
import { levelView } from './trading-views.ts';
import type {
  ConditionView,
  DiagnosticsView,
  ExplainView,
  FunnelStep,
  JudgementView,
  NearMiss,
  SymbolPlace,
  SymbolView,
} from './view.ts';

/** A miss of more than this share of the threshold is not near. */
const NEAR = 0.25;
const MOST_NEAR_MISSES = 10;
/** What lacks more than two things was not near. */
const MOST_LACKING = 2;

/** Stages that a symbol is stopped in by a condition that failed. */
const BLOCKING: readonly Stage[] = ['universe', 'filters', 'rank'];

/** How far a symbol came, best last: what the list is sorted by. */
const PLACES: readonly SymbolPlace[] = [
  'unseen',
  'universe',
  'filters',
  'rank',
  'levels',
  'waiting',
  'entry',
  'position',
];

/** @returns null when the symbol is none of the run's. */
export function explainView(controls: Controls, symbol: string | null): ExplainView | null {
  const { run } = controls;
  if (run === null) return symbol === null ? { entries: entriesOf(controls), symbols: [] } : null;
  if (symbol !== null) {
    const market = run.markets.find((m) => m.symbol === symbol);
    if (market === undefined) return null;
    return { entries: entriesOf(controls), symbols: [symbolView(controls, run, market.index, true)] };
  }
  const symbols = run.markets
    .map((market) => symbolView(controls, run, market.index, false))
    .sort((a, b) => PLACES.indexOf(b.place) - PLACES.indexOf(a.place) || fewestFirst(a, b));
  return { entries: entriesOf(controls), symbols };
}

export function diagnosticsView(controls: Controls): DiagnosticsView {
  const { run } = controls;
  if (run === null) return { scans: 0, cycles: 0, funnel: [], conditions: [], nearMisses: [] };
  return {
    scans: run.counters.scans,
    cycles: run.counters.cycles,
    funnel: funnelOf(run),
    conditions: conditionViews(run),
    nearMisses: nearMissesOf(controls, run),
  };
}

/** What keeps any entry from being sent, whatever the symbol. */
function entriesOf(controls: Controls): ExplainView['entries'] {
  const { machine, latches, run } = controls;
  const reasons: string[] = [];
  if (!controls.running) reasons.push(`the engine is ${machine.state}`);
  if (machine.state === 'ERROR' || machine.state === 'EMERGENCY')
    reasons.push(`the engine is in ${machine.state}`);
  if (latches.pause !== null) reasons.push(`paused by ${latches.pause.by}: ${latches.pause.reason}`);
  if (latches.halt !== null) reasons.push(`halted by ${latches.halt.rule}: ${latches.halt.reason}`);
  if (controls.stopping !== null) reasons.push('a stop is under way');
  if (run !== null && controls.running) {
    if (run.freeSlots === 0) reasons.push(`all ${run.preset.risk.max_open_positions} slots are taken`);
    if (run.stalled) reasons.push('the market data is stale');
  }
  return { allowed: reasons.length === 0, reasons };
}

function symbolView(controls: Controls, run: Run, index: number, whole: boolean): SymbolView {
  const market = item(run.markets, index);
  const judged = run.why.of(index).map(judgementView);
  const levels = run.levels.of(index).map((level) => levelView(run, level));
  const watches = controls.running && controls.entriesAllowed;
  const watched = watches ? levels.filter(({ life }) => life === 'armed' || life === 'broken') : [];
  const place = placeOf(run, index, judged, watched.length > 0);
  // What the levels lacked when they were last looked at is not what keeps them from being watched then.
  const blocking = place === 'levels' && !watches ? [] : blockingAt(place, judged);
  const nearest = watched.sort((a, b) => Math.abs(a.distanceAtr ?? 0) - Math.abs(b.distanceAtr ?? 0))[0];
  return {
    symbol: market.symbol,
    place,
    candidate: run.candidates.some((c) => c.symbol === index),
    text: place === 'levels' && !watches ? 'no level is watched now' : textOf(place, blocking, nearest),
    blocking,
    levels: whole ? levels : watched,
    judgements: whole ? judged : [],
  };
}

function placeOf(run: Run, index: number, judged: readonly JudgementView[], watched: boolean): SymbolPlace {
  const trade = run.desk.of(index);
  if (trade !== null) return trade.openLots > 0 ? 'position' : 'entry';
  if (watched) return 'waiting';
  if (judged.length === 0) return 'unseen';
  for (const stage of BLOCKING) {
    if (judged.some((j) => j.stage === stage && j.verdict === 'failed')) return blockedIn(stage);
  }
  return run.candidates.some((c) => c.symbol === index) ? 'levels' : 'unseen';
}

function blockedIn(stage: Stage): SymbolPlace {
  return stage === 'universe' || stage === 'filters' ? stage : 'rank';
}

/** At its place a symbol is stopped by what failed there; one that waits shows what its last break lacked. */
function blockingAt(place: SymbolPlace, judged: readonly JudgementView[]): JudgementView[] {
  switch (place) {
    case 'universe':
    case 'filters':
    case 'rank':
    case 'levels':
      return newest(judged.filter((j) => j.stage === place && j.verdict === 'failed'));
    case 'waiting':
      return lastFailures(judged);
    default:
      return [];
  }
}

/** What the last break or retest lacked: of the judgements on signal and size only those of one moment belong together. */
function lastFailures(judged: readonly JudgementView[]): JudgementView[] {
  const decided = judged.filter((j) => j.stage === 'signal' || j.stage === 'size');
  return newest(decided).filter((j) => j.verdict === 'failed');
}

/** What a symbol did not come to again keeps its older judgement, which says nothing of now. */
function newest(judged: readonly JudgementView[]): JudgementView[] {
  const last = Math.max(...judged.map((j) => j.at));
  return judged.filter((j) => j.at === last);
}

function textOf(
  place: SymbolPlace,
  blocking: readonly JudgementView[],
  nearest: SymbolView['levels'][number] | undefined,
): string {
  const reasons = blocking.map((j) => j.text).join('; ');
  switch (place) {
    case 'position':
      return 'a position is open';
    case 'entry':
      return 'an entry order is out';
    case 'waiting': {
      if (nearest === undefined) return 'waits at its levels';
      const away = nearest.distanceAtr === null ? '' : `, ${distance(nearest.distanceAtr)}`;
      const waits =
        nearest.life === 'broken'
          ? `waits for a retest of ${nearest.price}${away}`
          : `waits for a close ${nearest.side === 'long' ? 'above' : 'below'} ${nearest.price}${away}`;
      return reasons === '' ? waits : `${waits}; last time: ${reasons}`;
    }
    case 'levels':
      return reasons === '' ? 'no level to watch' : reasons;
    case 'unseen':
      return 'not scanned yet';
    default:
      return reasons;
  }
}

function distance(atr: number): string {
  return atr >= 0 ? `${atr.toFixed(2)} ATR away` : `${(-atr).toFixed(2)} ATR beyond it now`;
}

function judgementView(judgement: Judgement): JudgementView {
  const { condition, verdict, value, threshold, at } = judgement;
  const { stage, needs, unit, label } = CONDITIONS[condition];
  return {
    condition,
    stage,
    verdict,
    value,
    threshold,
    needs,
    unit,
    label,
    miss: missOf(judgement),
    at,
    text: judgementText(judgement),
  };
}

function fewestFirst(a: SymbolView, b: SymbolView): number {
  return (
    a.blocking.length - b.blocking.length ||
    smallestMiss(a.blocking) - smallestMiss(b.blocking) ||
    (a.symbol < b.symbol ? -1 : 1)
  );
}

function smallestMiss(judged: readonly JudgementView[]): number {
  return Math.min(Number.MAX_VALUE, ...judged.map((j) => j.miss ?? Number.MAX_VALUE));
}

/** From all markets to trades: of the last scan, and over the whole run. */
function funnelOf(run: Run): FunnelStep[] {
  const { counters, lastScan } = run;
  const opened = run.trades.length + run.desk.positions;
  const steps: readonly Omit<FunnelStep, 'share'>[] = [
    { step: 'markets', last: run.markets.length, total: counters.scanned },
    { step: 'universe', last: lastScan?.universe ?? null, total: counters.inUniverse },
    { step: 'filters passed', last: lastScan?.passed ?? null, total: counters.passedFilters },
    { step: 'candidates', last: lastScan?.candidates.length ?? null, total: counters.candidates },
    { step: 'levels to watch', last: run.levels.watched.length, total: counters.withLevels },
    { step: 'signals', last: null, total: counters.signals },
    { step: 'entries sent', last: run.desk.entriesPending, total: counters.sent },
    { step: 'positions opened', last: run.desk.positions, total: opened },
  ];
  return steps.map((step, i) => {
    const before = steps[i - 1]?.total ?? 0;
    return { ...step, share: i === 0 || before === 0 ? null : step.total / before };
  });
}

function conditionViews(run: Run): ConditionView[] {
  const counts = run.why.counts();
  return CONDITION_NAMES.flatMap((condition) => {
    const count = counts[condition];
    if (count === undefined) return [];
    const judged = count.passed + count.failed;
    const { stage, label } = CONDITIONS[condition];
    return [{ condition, stage, label, ...count, passRate: judged === 0 ? null : count.passed / judged }];
  });
}

/** Symbols that one or two conditions kept out, by little, within a day: at the last scan, or at their last break. */
function nearMissesOf(controls: Controls, run: Run): NearMiss[] {
  const near: NearMiss[] = [];
  for (const market of run.markets) {
    const { place, blocking, judgements } = symbolView(controls, run, market.index, true);
    if (place === 'position' || place === 'entry') continue;
    const groups = place === 'filters' ? [blocking, lastFailures(judgements)] : [lastFailures(judgements)];
    for (const group of groups) {
      if (group.length > MOST_LACKING) continue;
      for (const { condition, stage, miss, at, text } of group) {
        if (miss === null || miss > NEAR || at < run.why.now - DAY) continue;
        near.push({ symbol: market.symbol, condition, stage, miss, at, text: `${market.symbol}: ${text}` });
      }
    }
  }
  return near.sort((a, b) => a.miss - b.miss || (a.symbol < b.symbol ? -1 : 1)).slice(0, MOST_NEAR_MISSES);
}
