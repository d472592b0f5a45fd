/**
 * What the venue holds that is not the bot's: left alone, counted apart, and in the way of entries until a person has
 * said what is to become of it.
 */
import { type Archive, type Codes, type Shape, textShape } from '../archive/archive.ts';
import type { OpenTrade } from '../execution/open-trade.ts';
import type { Outbox } from '../execution/outbox.ts';
import { item } from '../market/arrays.ts';
import { stepsDown, stepsUp } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import type { ForeignHolding } from './input.ts';
import type { Refusal } from './refusal.ts';
import type { Run } from './run.ts';

type Decision = 'adopt' | 'ignore';

interface Known extends ForeignHolding {
  decision: Decision | null;
  /** Who decided. */
  by: string | null;
}

const DECISION_CODES: Codes<Decision> = { adopt: 0, ignore: 1 };

const decisionShape: Shape<Decision> = (a, decision) => a.choice(decision, DECISION_CODES);

const knownShape: Shape<Known> = (a, known) => ({
  symbol: a.text(known?.symbol),
  quantity: a.text(known?.quantity),
  price: a.nullable(known?.price, textShape),
  orders: a.number(known?.orders),
  decision: a.nullable(known?.decision, decisionShape),
  by: a.nullable(known?.by, textShape),
});

export class Foreign {
  readonly #outbox: Outbox;
  #known = new Map<string, Known>();

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** All there is now. A decision holds for as long as the holding stays as it was decided on. */
  seen(holdings: readonly ForeignHolding[]): void {
    const before = this.#known;
    this.#known = new Map(
      holdings.map((holding) => {
        const was = before.get(holding.symbol);
        const same =
          was !== undefined && was.quantity === holding.quantity && (was.orders > 0 || holding.orders === 0);
        return [
          holding.symbol,
          { ...holding, decision: same ? was.decision : null, by: same ? was.by : null },
        ];
      }),
    );
  }

  list(): readonly Readonly<Known>[] {
    return [...this.#known.values()];
  }

  /** Symbols that nobody has decided on. */
  get undecided(): string[] {
    return this.list()
      .filter(({ decision }) => decision === null)
      .map(({ symbol }) => symbol);
  }

  /** Signed base quantity that is no concern of the bot's. */
  quantityOf(symbol: string): string {
    return this.#known.get(symbol)?.quantity ?? '0';
  }

  refusalOfStart(): Refusal | null {
    if (this.#known.size === 0) return null;
    const { undecided } = this;
    if (undecided.length === 0) return null;
    const names = undecided.join(', ');
    return {
      code: 'FOREIGN_POSITION',
      message: `the account holds what this bot did not open (${names}): say reconcile --adopt or --ignore for each`,
    };
  }

  /** `markets`: what is traded at the venue, where that is known yet. */
  refusalOfDecision(symbol: string, decision: Decision, markets: readonly Market[] | null): Refusal | null {
    const known = this.#known.get(symbol);
    if (known === undefined) {
      return { code: 'FOREIGN_UNKNOWN', message: `nothing in ${symbol} is known that the bot did not make` };
    }
    const unfit = decision === 'adopt' ? unfitToAdopt(known, markets) : null;
    return unfit === null ? null : { code: 'FOREIGN_UNKNOWN', message: unfit };
  }

  /** @returns what was done or will be, in words. */
  decide(symbol: string, decision: Decision, by: string): string {
    const known = this.#known.get(symbol);
    if (known === undefined) throw new Error(`no foreign holding in ${symbol}`);
    known.decision = decision;
    known.by = by;
    return decision === 'ignore'
      ? `${symbol}: ${known.quantity} are left alone and do not count`
      : `${symbol}: ${known.quantity} are taken over, as soon as the engine trades`;
  }

  /** Takes over what was decided to be, as far as each symbol's range is known: without it there is no stop. */
  adoptDue(run: Run): void {
    for (const known of this.#known.values()) {
      if (known.decision !== 'adopt') continue;
      const unfit = unfitToAdopt(known, run.markets);
      const market = run.markets.find(({ symbol }) => symbol === known.symbol);
      if (unfit !== null || market === undefined) {
        known.decision = null;
        known.by = null;
        const message = `not taken over after all: ${unfit}`;
        this.#outbox.event({ type: 'warning', code: 'ADOPTION_FAILED', symbol: known.symbol, message });
        continue;
      }
      const series = item(run.series, market.index);
      if (!series.atr.ready) continue;
      // A symbol has one trade at a time: the bot's own has to end first.
      if (run.desk.of(market.index) !== null) continue;
      this.#known.delete(known.symbol);
      const trade = adopt(run, market, known, series.close, series.atr.value);
      this.#outbox.event({
        type: 'warning',
        code: 'POSITION_ADOPTED',
        symbol: market.symbol,
        message: `${known.quantity} are the bot's from now on (trade ${trade.id}), asked for by ${known.by ?? 'engine'}`,
      });
    }
  }

  archive(a: Archive): void {
    a.section('Foreign');
    a.map(this.#known, textShape, knownShape);
  }
}

/** Why a position could not be managed if it were taken over, in words. */
function unfitToAdopt(holding: ForeignHolding, markets: readonly Market[] | null): string | null {
  const { symbol, quantity, price } = holding;
  const size = Math.abs(Number(quantity));
  if (price === null || size === 0) return `${symbol} has foreign orders and no position to adopt`;
  if (markets === null) return null;
  const market = markets.find((each) => each.symbol === symbol);
  if (market === undefined) return `${symbol} is not among the symbols of this session: ignore it`;
  // Neither a stop nor an exit could be sent for it.
  return stepsDown(market.lots, size) < 1 || size * Number(price) < market.minNotionalValue
    ? `${quantity} of ${symbol} are less than the venue lets be closed: ignore it`
    : null;
}

/** One R is the widest stop that the preset lets an entry have, from the entry price or, if that is worse, from the market. */
function adopt(run: Run, market: Market, known: Known, close: number, atr: number): OpenTrade {
  const price = known.price ?? String(close);
  const long = Number(known.quantity) > 0;
  const distance = run.preset.position.max_stop_atr * atr;
  const from = long ? Math.min(close, Number(price)) : Math.max(close, Number(price));
  const stopTicks = long ? stepsDown(market.ticks, from - distance) : stepsUp(market.ticks, from + distance);
  return run.desk.adopt(
    {
      market,
      side: long ? 'long' : 'short',
      levelId: 0,
      level: Number(price),
      // A coin that is worth less than its usual range has its stop at the least price there is.
      stopTicks: Math.max(1, stopTicks),
      plannedLots: stepsDown(market.lots, Math.abs(Number(known.quantity))),
      plannedRisk: Math.abs(Number(known.quantity)) * distance,
      btcCorrelation: run.scanner.btcCorrelation(market.index),
    },
    { quantity: known.quantity, price, mark: close },
  );
}
