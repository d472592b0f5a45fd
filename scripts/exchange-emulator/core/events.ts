import type { Execution, Order } from './order.ts';
import type { Position } from './position.ts';

/** What happened in the books. An order is as it is at that moment: who keeps it renders it at once. */
export type CoreEvent =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'wallet' };

export type CoreListener = (event: CoreEvent) => void;
