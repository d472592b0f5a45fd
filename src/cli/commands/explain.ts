/** Why there is no trade: of all symbols in a table, of one in full. */
import type { DiagnosticsResult, ExplanationResult } from '../../protocol/trading-views.ts';
import { withDaemon } from '../connection.ts';
import type { Context } from '../context.ts';
import { grouped, percent, utc, wrapped } from '../format.ts';
import type { Paint, Tone } from '../style.ts';
import { type Column, hanging, table } from '../table.ts';

type Symbol = ExplanationResult['symbols'][number];
type Judgement = Symbol['judgements'][number];
type Condition = DiagnosticsResult['conditions'][number];
type Step = DiagnosticsResult['funnel'][number];

const PLACES: Readonly<Record<Symbol['place'], string>> = {
  unseen: 'not scanned',
  universe: 'not in the universe',
  filters: 'filtered out',
  rank: 'not among the best',
  levels: 'no level',
  waiting: 'waiting',
  entry: 'entering',
  position: 'in position',
};

const TONES: Readonly<Partial<Record<Symbol['place'], Tone>>> = {
  waiting: 'good',
  entry: 'good',
  position: 'good',
};

const SYMBOLS: readonly Column<Symbol>[] = [
  { title: 'symbol', keep: true, text: (s) => s.symbol },
  {
    title: 'stands',
    keep: true,
    drop: 1,
    text: (s) => PLACES[s.place],
    tone: (s) => TONES[s.place] ?? 'plain',
  },
  { title: 'why', text: (s) => s.text },
];

const MARKS: Readonly<Record<Judgement['verdict'], string>> = {
  passed: 'ok',
  failed: 'NO',
  not_evaluated: '-',
};

const JUDGEMENTS: readonly Column<Judgement>[] = [
  { title: 'stage', drop: 2, text: (j) => j.stage.replaceAll('_', ' ') },
  {
    title: '',
    keep: true,
    text: (j) => MARKS[j.verdict],
    tone: (j) => (j.verdict === 'failed' ? 'bad' : 'plain'),
  },
  { title: 'judged', drop: 1, text: (j) => utc(j.at), right: true },
  { title: 'condition', text: (j) => j.text },
];

/** `breakout explain [SYMBOL]`. */
export async function explain(context: Context, symbol: string | undefined): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) =>
    client.call('engine.explain', symbol === undefined ? {} : { symbol }),
  );
  output.result(result, () => {
    const { width, paint } = output;
    const general = result.entries.allowed
      ? ['Entries are allowed.']
      : result.entries.reasons.flatMap((reason) => wrapped(paint('warn', `No entries: ${reason}.`), width));
    const [only] = result.symbols;
    if (symbol !== undefined && only !== undefined) return [...general, '', ...oneSymbol(only, width, paint)];
    if (result.symbols.length === 0) return general;
    return [...general, '', ...table(SYMBOLS, result.symbols, width, paint)];
  });
}

function oneSymbol(s: Symbol, width: number, paint: Paint): string[] {
  const head = wrapped(`${s.symbol}: ${paint(TONES[s.place] ?? 'plain', PLACES[s.place])}, ${s.text}`, width);
  if (s.judgements.length === 0) return head;
  return [...head, '', ...table(JUDGEMENTS, s.judgements, width, paint)];
}

const FUNNEL: readonly Column<Step>[] = [
  { title: 'step', text: (f) => f.step },
  { title: 'now', text: (f) => (f.last === null ? '-' : grouped(f.last)), right: true },
  { title: 'in all', drop: 1, text: (f) => grouped(f.total), right: true },
  { title: 'of the step before', text: (f) => (f.share === null ? '-' : percent(f.share)), right: true },
];

const CONDITIONS: readonly Column<Condition>[] = [
  { title: 'stage', drop: 2, text: (c) => c.stage.replaceAll('_', ' ') },
  { title: 'condition', text: (c) => c.label },
  { title: 'parameter', drop: 1, text: (c) => c.condition },
  { title: 'passed', text: (c) => (c.passRate === null ? '-' : percent(c.passRate)), right: true },
  { title: 'of', text: (c) => grouped(c.passed + c.failed), right: true },
  { title: 'not given', drop: 3, text: (c) => grouped(c.notEvaluated), right: true },
];

/** `breakout diagnostics`. */
export async function diagnostics(context: Context): Promise<void> {
  const { output } = context;
  const result = await withDaemon(context, (client) => client.call('engine.diagnostics'));
  output.result(result, () => {
    const { width, paint } = output;
    if (result.funnel.length === 0) return ['nothing to tell yet: no session has run'];
    const near =
      result.nearMisses.length === 0
        ? ['no near miss within a day']
        : ['near misses', ...result.nearMisses.flatMap((miss) => hanging('  ', miss.text, width))];
    return [
      ...table(FUNNEL, result.funnel, width, paint),
      '',
      ...near,
      '',
      ...table(CONDITIONS, result.conditions, width, paint),
    ];
  });
}
