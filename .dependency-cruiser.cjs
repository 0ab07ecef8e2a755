/** The arrows of the four rooms: machines <- actors, agents <- io (CONTRIBUTING.md). */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only ${allowed.join(', ')}`,
  from: { path: `^${from}/` },
  to: { pathNot: allowed.map((path) => `^${path}`) },
});

module.exports = {
  forbidden: [
    only('machines-decide', 'src/machines', ['src/machines/', 'node_modules/xstate/']),
    only('actors-translate', 'src/actors', [
      'src/actors/',
      'src/machines/',
      'node_modules/xstate/',
      'node_modules/rxjs/',
    ]),
    only('agents-declare', 'src/agents', [
      'src/agents/',
      'src/machines/',
      'node_modules/zod/',
      'node_modules/xstate/',
    ]),
    only('viewer-shows', 'visualizations/viewer/src', [
      'visualizations/viewer/src/',
      'src/io/inspect/protocol.ts',
      'src/io/inspect/known-',
      'src/io/inspect/relay-message.codec.ts',
      'src/io/diagrams/chart-',
      'src/io/diagrams/machine-chart.ts',
      'src/machines/events.ts',
      'node_modules/',
    ]),
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(src|visualizations)/' },
      to: { circular: true },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|visualizations)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
