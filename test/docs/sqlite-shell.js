/** `sqlite3 [-readonly] [-header] [-csv] FILE SQL`: as much of the shell of SQLite as the page uses. */
// As `src/sqlite/sqlite.ts` does, which a shell in plain JavaScript cannot load.
const [major = 0] = process.versions.node.split('.').map(Number);
const { default: Sqlite } = major < 22 ? await import('better-sqlite3') : await import('better-sqlite3-napi');

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('-'));
const [file = '', sql = ''] = words.filter((word) => !word.startsWith('-'));
const separator = flags.includes('-csv') ? ',' : '|';
const query = new Sqlite(file, { readonly: true }).prepare(sql);
const names = query.columns().map(({ name }) => name);
const rows = query.raw().all();
for (const row of flags.includes('-header') ? [names, ...rows] : rows)
  process.stdout.write(`${row.map((value) => value ?? '').join(separator)}\n`);
