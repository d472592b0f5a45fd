/** Which panes stand where, for each class of width. A pane that there is no room for is a key away. */
import type { PaneId } from '../panes/pane.ts';

export interface Slot {
  readonly id: PaneId;
  /** Rows that it takes to be worth its place, title included. */
  readonly want: number;
  /** Share of the rows that are left over; 0 for what gains nothing by them. */
  readonly weight: number;
}

export interface TemplateColumn {
  /** Share of the width. */
  readonly share: number;
  /** From top to bottom. */
  readonly slots: readonly Slot[];
  /** The most important first: the others give way. */
  readonly order: readonly PaneId[];
}

export interface Template {
  readonly fromColumns: number;
  readonly columns: readonly TemplateColumn[];
}

const slot = (id: PaneId, want: number, weight: number): Slot => ({ id, want, weight });

/** The widest that fits is taken. */
export const TEMPLATES: readonly Template[] = [
  {
    fromColumns: 170,
    columns: [
      {
        share: 0.42,
        slots: [slot('positions', 9, 2), slot('orders', 8, 1), slot('trades', 8, 2), slot('events', 9, 4)],
        order: ['positions', 'events', 'trades', 'orders'],
      },
      {
        share: 0.31,
        slots: [slot('candidates', 8, 1), slot('levels', 8, 1), slot('chart', 12, 3), slot('signals', 8, 1)],
        order: ['candidates', 'levels', 'signals', 'chart'],
      },
      {
        share: 0.27,
        slots: [
          slot('equity', 7, 1),
          slot('risk', 8, 0),
          slot('funnel', 9, 1),
          slot('metrics', 7, 0),
          slot('health', 7, 0),
          slot('log', 7, 2),
        ],
        order: ['risk', 'equity', 'log', 'funnel', 'health', 'metrics'],
      },
    ],
  },
  {
    fromColumns: 116,
    columns: [
      {
        share: 0.6,
        slots: [slot('positions', 8, 1), slot('signals', 7, 1), slot('trades', 7, 1), slot('events', 8, 3)],
        order: ['positions', 'events', 'signals', 'trades'],
      },
      {
        share: 0.4,
        slots: [
          slot('candidates', 7, 1),
          slot('levels', 7, 1),
          slot('risk', 8, 0),
          slot('equity', 6, 1),
          slot('funnel', 8, 1),
        ],
        order: ['candidates', 'risk', 'levels', 'equity', 'funnel'],
      },
    ],
  },
  {
    fromColumns: 0,
    columns: [
      {
        share: 1,
        slots: [
          slot('positions', 8, 1),
          slot('candidates', 8, 1),
          slot('signals', 8, 1),
          slot('equity', 7, 0),
          slot('risk', 8, 0),
          slot('events', 8, 3),
        ],
        order: ['positions', 'events', 'candidates', 'signals', 'risk', 'equity'],
      },
    ],
  },
];
