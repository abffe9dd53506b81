/** The arrows of the tree: services import libs, libs import libs, and the pure libs import no input or output.
 *  @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'libs-know-no-services',
      comment: 'Arrows point down: a lib must not know who uses it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|tests|bench)/' },
    },
    {
      name: 'services-use-libs-only',
      comment: 'What runs in production must not import tests or measurements.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^(?!services/|libs/|node_modules/)', dependencyTypesNot: ['core', 'unknown'] },
    },
    {
      name: 'pure-libs',
      comment:
        'The mathematics and the shapes take values and return values: each other, errors, zod and hashing, no more.',
      severity: 'error',
      from: { path: '^libs/(interest|event|ranking)/' },
      to: { pathNot: '^libs/(interest|event|ranking|errors)/|^node_modules/zod/|^(node:)?crypto$' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that import each other are one concept in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'production-packages-only',
      comment: 'A package that is only in devDependencies is absent in production.',
      severity: 'error',
      from: { path: '^(libs|services)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'declared-packages-only',
      comment: 'A package that only another package brings may go with its next release.',
      severity: 'error',
      from: { path: '^(libs|services)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'tracing-when-wanted',
      comment: 'OpenTelemetry is loaded where spans are exported, by import(), and nowhere else.',
      severity: 'error',
      from: { pathNot: '^libs/telemetry/otlp-tracing[.]ts$' },
      to: { path: '^node_modules/@opentelemetry/|^libs/telemetry/otlp-tracing[.]ts$', dynamic: false },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere would escape every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are arrows, too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
