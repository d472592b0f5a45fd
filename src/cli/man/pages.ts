import type { Command } from 'commander';
import { breakoutPage } from './breakout.ts';
import { breakoutRpcPage } from './breakout-rpc.ts';

export type PageName = 'breakout' | 'breakout-rpc';

/** The manual pages and the names of their files. */
export const PAGES: Readonly<Record<PageName, { readonly file: string; make(root: Command): string }>> = {
  breakout: { file: 'breakout.1', make: breakoutPage },
  'breakout-rpc': { file: 'breakout-rpc.7', make: breakoutRpcPage },
};
