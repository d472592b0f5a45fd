/** What came of many sessions, as a table. */
import type { SessionResult } from './world/session.ts';

interface Row {
  sessions: number;
  orders: number;
  fills: number;
  trades: number;
  recoveries: number;
  struck: number;
  violations: number;
  longest: number;
}

export interface Tally {
  readonly sessions: number;
  readonly violations: number;
  readonly orders: number;
  readonly fills: number;
  add(result: SessionResult): void;
  /** Fault, sessions, orders, fills, violations; then how often each fault struck. */
  told(seconds: number): string;
}

const HEAD = [
  'fault',
  'sessions',
  'orders',
  'fills',
  'trades',
  'recoveries',
  'struck',
  'unprotected s',
  'violations',
];

export function tally(): Tally {
  const rows = new Map<string, Row>();
  const struck = new Map<string, number>();
  const died = new Map<string, number>();
  const total: Row = empty();
  return {
    get sessions() {
      return total.sessions;
    },
    get violations() {
      return total.violations;
    },
    get orders() {
      return total.orders;
    },
    get fills() {
      return total.fills;
    },
    add({ plan, counts, violations }) {
      const count = (name: string): number => counts[name] ?? 0;
      const name = plan.name;
      const row = rows.get(name) ?? empty();
      rows.set(name, row);
      const all = Object.entries(counts).filter(([key]) => key.startsWith('struck '));
      for (const [key, n] of all) {
        const kind = key.slice('struck '.length);
        struck.set(kind, (struck.get(kind) ?? 0) + n);
      }
      for (const [key, n] of Object.entries(counts))
        if (key.startsWith('died ')) died.set(key.slice(5), (died.get(key.slice(5)) ?? 0) + n);
      for (const each of [row, total]) {
        each.sessions += 1;
        each.orders += count('orders');
        each.fills += count('fills');
        each.trades += count('trades');
        each.recoveries += count('recoveries');
        each.struck += all.reduce((sum, [, n]) => sum + n, 0);
        each.violations += violations.length > 0 ? 1 : 0;
        each.longest = Math.max(each.longest, count('longest unprotected ms'));
      }
    },
    told(seconds) {
      const lines = [...rows].sort(([a], [b]) => a.localeCompare(b)).map(([name, row]) => cells(name, row));
      const table = [HEAD, ...lines, cells('all', total)];
      const widths = HEAD.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)));
      const padded = table.map((line) =>
        line
          .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
          .join('  '),
      );
      return [
        `${total.sessions} sessions in ${seconds.toFixed(0)} s`,
        '',
        ...padded,
        '',
        'struck',
        ...counted(struck),
        '',
        'deaths by step',
        ...counted(died),
      ].join('\n');
    },
  };
}

function empty(): Row {
  return { sessions: 0, orders: 0, fills: 0, trades: 0, recoveries: 0, struck: 0, violations: 0, longest: 0 };
}

function cells(name: string, row: Row): string[] {
  const { sessions, orders, fills, trades, recoveries, struck, longest, violations } = row;
  const figures = [
    sessions,
    orders,
    fills,
    trades,
    recoveries,
    struck,
    Math.round(longest / 1000),
    violations,
  ];
  return [name, ...figures.map(String)];
}

function counted(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([name, n]) => `  ${String(n).padStart(9)}  ${name}`);
}

export function isResult(message: unknown): message is SessionResult {
  return typeof message === 'object' && message !== null && 'plan' in message && 'violations' in message;
}
