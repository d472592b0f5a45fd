/**
 * SQLite for node, by two versions of one driver. What node 20 can load aborts later ones: from 24.19 on their process ends
 * when a statement is collected (WiseLibs/better-sqlite3#1515). What is right for those does not load in node 20.
 */
import type Driver from 'better-sqlite3';

const [major = 0] = process.versions.node.split('.').map(Number);

const loaded: { readonly default: typeof Driver } =
  major < 22 ? await import('better-sqlite3') : await import('better-sqlite3-napi');

export const Sqlite = loaded.default;
export type { Database, Statement } from 'better-sqlite3';
