// The import rules of the way of the data. Each stage lists the stages it may import; everything else is an error.
// `feature` never imports `label`, and `score` never imports `label`, `dataset` or `evaluate`:
// leakage of the future into production is an import error before it is a test.
const mayImport = {
  base: [],
  table: ['base'],
  engine: ['base', 'table'],
  population: ['base', 'table', 'engine'],
  label: ['base', 'table', 'engine', 'population'],
  feature: ['base', 'table', 'engine', 'population'],
  dataset: ['base', 'table', 'engine', 'population', 'label', 'feature'],
  learn: ['base'],
  evaluate: ['base', 'learn/contract', 'learn/trainedRows'],
  select: ['base', 'learn', 'evaluate'],
  score: ['base', 'table', 'engine', 'population', 'feature', 'learn'],
  export: ['base', 'table', 'feature', 'learn', 'score'],
  lifecycle: ['base', 'table', 'engine', 'population', 'feature'],
  night: ['base', 'table', 'engine', 'population', 'feature', 'learn', 'score', 'lifecycle'],
  report: [
    'base',
    'table',
    'population',
    'feature',
    'dataset',
    'learn',
    'evaluate',
    'select',
    'score',
    'lifecycle',
  ],
  simulate: ['base', 'table'],
}

const stages = Object.entries(mayImport).map(([stage, allowed]) => ({
  name: `${stage}-imports`,
  comment: `src/${stage} may import only: ${[stage, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${stage}/` },
  to: {
    path: '^src/',
    pathNot: `^src/(${[`${stage}/`, ...allowed.map((a) => (a.includes('/') ? `${a}[.]ts$` : `${a}/`))].join('|')})`,
  },
}))

module.exports = {
  forbidden: [
    ...stages,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-cli-or-entries',
      severity: 'error',
      from: { pathNot: '^src/(cli/|index[.]ts$)' },
      to: { path: '^src/(cli/|entries/|index[.]ts$)' },
    },
    {
      name: 'node-builtins-only-at-the-edge',
      comment:
        'node:* only in engine/, night/, cli/ and files named *.node.ts, so that scoring runs anywhere',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(engine|night|cli)/|[.]node[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'native-engine-only-in-its-own-file',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/duckdb' },
      to: { path: 'node_modules/@duckdb' },
    },
    {
      name: 'declared-dependencies-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown', 'undetermined'] },
    },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript, compiled to the bytes beside it.
    exclude: { path: '[.]as[.]ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
