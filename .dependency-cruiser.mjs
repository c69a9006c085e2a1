// The data's way, as import rules. A stage knows the records that pass between stages and itself; only roles know all.
const STAGES = [
  'capture',
  'flows',
  'features',
  'detection',
  'alerts',
  'notify',
  'response',
  'cluster',
  'store',
  'api',
  'config',
  'telemetry',
];

const stageRules = STAGES.map((stage) => ({
  name: `${stage}-imports-core-and-itself`,
  comment: 'A stage that imports another cannot be replaced or tested alone: adapters reach it as arguments.',
  severity: 'error',
  from: { path: `^src/${stage}/`, pathNot: '\\.test\\.ts$' },
  // config composes the schemas that stages export, so it may read those files and no others.
  to: { path: '^(src|web|train|lab|bench|test|testbed)/', pathNot: allowedFor(stage) },
}));

function allowedFor(stage) {
  const allowed = ['^src/core/', `^src/${stage}/`];
  if (stage === 'config') allowed.push('^src/[a-z/]+/config\\.ts$');
  return allowed;
}

export default {
  forbidden: [
    ...stageRules,
    {
      name: 'core-imports-nothing-of-ours',
      comment: 'The records are what everything else rests on.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^(src/(?!core/)|web|train|lab|bench|test|testbed)' },
    },
    {
      name: 'product-does-not-import-workshop',
      comment: 'Training, the lab, benchmarks and the test bed are not shipped.',
      severity: 'error',
      from: { path: '^(src|web)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(train|lab|bench|test|testbed)/' },
    },
    {
      name: 'only-cli-starts-roles',
      comment: 'A role composes stages; a stage that knew its role would know all of them.',
      severity: 'error',
      from: { path: '^src/(?!roles/|cli/)' },
      to: { path: '^src/roles/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle is one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that does not resolve is a typing error that nobody saw.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The parser that goes with TypeScript 7 cannot read .tsx; for web/ the lint rule no-restricted-imports holds instead.
    exclude: { path: '[.]tsx$' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
