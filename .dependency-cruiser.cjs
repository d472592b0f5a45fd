/**
 * The import arrows of the project: which folder of src/ may import which. Arrows point one way:
 * archive <- market <- indicators <- strategy, risk, execution <- engine <- session <- daemon, and
 * protocol <- cli, tui, daemon. The clients never import the engine or what is under it.
 */
const path = require('node:path');

/**
 * For each folder: the folders (or files) it may import, and those it may import as types alone.
 * A folder may always import itself. What is not named is refused.
 */
const MAY = {
  archive: {},
  /** The driver of SQLite, whichever this node can load. */
  sqlite: {},
  /** Points at which the tests end the process: dropped from the bundle. */
  faults: { types: ['engine', 'venue'] },
  market: { import: ['archive'] },
  indicators: { import: ['archive', 'market'] },
  strategy: {
    import: ['archive', 'market', 'indicators'],
    types: ['config/preset', 'engine/input', 'engine/output'],
  },
  // The three stand side by side; where one needs another, the order is strategy <- risk <- execution.
  risk: {
    import: ['archive', 'market', 'indicators', 'strategy'],
    types: ['config/preset', 'engine/input', 'engine/output'],
  },
  execution: {
    import: ['archive', 'market', 'indicators', 'strategy', 'risk'],
    types: ['config/preset', 'engine/input', 'engine/output'],
  },
  engine: {
    import: ['archive', 'market', 'indicators', 'strategy', 'risk', 'execution'],
    types: ['config/preset'],
  },
  venue: { import: ['archive', 'market', 'config', 'faults', 'sqlite'], types: ['engine'] },
  journal: { import: ['market', 'faults', 'sqlite'], types: ['engine', 'config'] },
  telemetry: { import: ['config', 'market/apart'] },
  config: { import: ['market'] },
  session: { import: ['archive', 'market', 'engine', 'venue', 'journal', 'config', 'telemetry', 'faults'] },
  backtest: { import: ['market', 'engine', 'session/lockstep', 'venue', 'config'], types: ['execution'] },
  data: { import: ['market', 'venue', 'config'] },
  protocol: { types: ['market', 'engine', 'config'] },
  daemon: {
    import: ['session', 'protocol', 'config', 'telemetry', 'venue', 'journal', 'market', 'sqlite'],
    types: ['engine'],
  },
  cli: {
    import: [
      'protocol',
      'config/paths',
      'config/package',
      'config/config-error',
      'config/folder',
      // A span of time in words, which health and its clients say alike.
      'market/apart',
    ],
  },
  // Both clients say the same thing in the same words.
  tui: {
    import: [
      'protocol',
      'config/paths',
      'config/package',
      'cli/words',
      'cli/format',
      'cli/sparkline',
      'market/apart',
    ],
  },
};

/** The only files that may reach over a wall, each for one thing. */
const EXCEPTIONS = {
  /** `breakout daemon run` is the daemon: it loads the daemon's entry when it runs, and nothing else does. */
  'cli/commands/daemon-run': { import: ['daemon/run', 'daemon/already-running', 'daemon/no-start'] },
  /** `breakout backtest` runs in the client's own process: no daemon is needed for it. */
  'cli/commands/backtest': { import: ['backtest'] },
  'cli/backtest-report': { types: ['backtest'] },
  /** `breakout data` works on folders of candles, and on an exchange without keys: no daemon is needed for it. */
  'cli/commands/data': { import: ['data'] },
  'cli/data-report': { types: ['data'] },
  /** `breakout logs` without a daemon reads the end of the log file itself. */
  'cli/log-file': { import: ['telemetry/log-line'] },
  /** `breakout presets` answers without a daemon too: then it reads the preset folders itself. */
  'cli/commands/presets': { import: ['config/preset-list', 'config/presets', 'config/preset-hash'] },
  /** `breakout config` shows what a daemon started here would have. */
  'cli/commands/config': { import: ['config/settings'] },
  /** `breakout replay` and `export` read the journal in the client's own process: no daemon is needed for it. */
  'cli/journal-file': { import: ['journal'] },
  'cli/commands/replay': { import: ['session/keeping/replay-session'], types: ['journal'] },
  'cli/replay-report': { types: ['session/keeping/replay-session', 'journal'] },
  /** `breakout keys` asks exchanges in the client's own process: it needs no daemon and disturbs none. */
  'cli/commands/keys': {
    import: ['session/live/key-check', 'config/settings', 'config/credentials'],
    types: ['config/settings-schema'],
  },
  'cli/keys-report': { types: ['session/live/key-check'] },
  'cli/commands/export': { types: ['journal'] },
  'cli/export-columns': { types: ['journal', 'engine'] },
  /** `breakout tui` is the view: it loads the view's entry when it runs, and nothing else does. */
  'cli/commands/tui': { import: ['tui/main', 'tui/environment', 'tui/heap'] },
  /** `breakout doctor` looks at what a daemon would find. */
  'cli/doctor': { import: ['config', 'journal'], types: ['session/live/key-check'] },
  /** And, when somebody asks for it, at what exchanges say of their keys. */
  'cli/commands/doctor': { import: ['session/live/key-check'], types: ['config/settings-schema'] },
  /** The manual page lists the variables that go over the settings. */
  'cli/man': { import: ['config/settings'] },
  /** Completion names the presets there are, without reading them, and the sessions of the journal. */
  'cli/completion': { import: ['config/preset-files', 'journal/journal-reader'] },
};

const KERNEL = ['archive', 'market', 'indicators', 'strategy', 'risk', 'execution', 'engine'];

/** A pattern for folders (`market`) and single modules (`config/preset`) of src/. */
const within = (names) =>
  `^src/(${names.map((name) => (name.includes('/') ? `${name}(\\.tsx?|/)` : `${name}/`)).join('|')})`;

/** The two rules of one folder, or of one file that is an exception in its folder. */
function arrowsOf(name, from, { import: values = [], types = [] }) {
  const label = name.replaceAll('/', '-');
  const arrows = {
    name: `${label}-arrows`,
    comment: `src/${name} may import ${[...values, ...types.map((type) => `${type} (types)`)].join(', ')}`,
    severity: 'error',
    from,
    to: { path: '^src/', pathNot: within([...values, ...types]) },
  };
  const typesOnly = {
    name: `${label}-types-only`,
    comment: `src/${name} may take only types from ${types.join(', ')}`,
    severity: 'error',
    from,
    to: { path: within(types), dependencyTypesNot: ['type-only'] },
  };
  return types.length === 0 ? [arrows] : [arrows, typesOnly];
}

const folderRules = Object.entries(MAY).flatMap(([folder, may]) => {
  const allowed = { import: [folder, ...(may.import ?? [])], types: may.types ?? [] };
  const exceptions = Object.entries(EXCEPTIONS).filter(([file]) => file.startsWith(`${folder}/`));
  const not = exceptions.length === 0 ? {} : { pathNot: within(exceptions.map(([file]) => file)) };
  return [
    ...arrowsOf(folder, { path: `^src/${folder}/`, ...not }, allowed),
    ...exceptions.flatMap(([file, more]) =>
      arrowsOf(
        file,
        { path: within([file]) },
        {
          import: [...allowed.import, ...(more.import ?? [])],
          types: [...allowed.types, ...(more.types ?? [])],
        },
      ),
    ),
  ];
});

const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'new-folder-has-no-arrows',
      comment: 'A folder of src/ that the table above does not name imports nothing: give it a line',
      severity: 'error',
      from: { path: '^src/', pathNot: within(Object.keys(MAY)) },
      to: { path: '.' },
    },
    {
      name: 'kernel-is-pure',
      comment: 'The kernel does no I/O: no node builtin in it',
      severity: 'error',
      from: { path: within(KERNEL) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'kernel-has-no-packages',
      comment:
        'The kernel imports no package; execution has big.js for the ledger, engine and risk its types',
      severity: 'error',
      from: { path: within(KERNEL) },
      to: { dependencyTypes: PACKAGES, pathNot: 'node_modules/(@types/)?big\\.js' },
    },
    {
      name: 'exact-decimals-are-executions',
      comment: 'Exact decimal arithmetic is the work of execution; engine and risk see its types',
      severity: 'error',
      from: { path: within(KERNEL.filter((folder) => folder !== 'execution')) },
      to: {
        path: 'node_modules/(@types/)?big\\.js',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'lower-kernel-has-no-decimals',
      comment: 'Archive, market, indicators and strategy reckon in float64 on the grid',
      severity: 'error',
      from: { path: within(['archive', 'market', 'indicators', 'strategy']) },
      to: { path: 'node_modules/(@types/)?big\\.js' },
    },
    {
      name: 'clients-stay-light',
      comment: 'A client command must start fast: of all packages, the CLI loads commander alone',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { dependencyTypes: PACKAGES, pathNot: 'node_modules/commander/' },
    },
    {
      name: 'no-circular',
      comment: 'Modules that import each other cannot be understood or tested apart',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nothing imports and that imports nothing is left over',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-undeclared-packages',
      comment: 'A package that package.json does not name may be gone tomorrow',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-at-run-time',
      comment: 'The installed package has no dev dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|test/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: path.join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
