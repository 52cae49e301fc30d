// The import rules of the repository: what ships knows nothing of the emulator, and only one folder knows the SDK.
const test = '\\.test\\.ts$|/(test|tools)/';
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'shared-imports-no-package',
      severity: 'error',
      from: { path: '^packages/shared/' },
      to: { path: '^packages/(?!shared/)' },
    },
    {
      name: 'constructs-import-no-package',
      severity: 'error',
      from: { path: '^packages/constructs/' },
      to: { path: '^packages/(?!constructs/)' },
    },
    {
      name: 'account-packages-are-apart',
      severity: 'error',
      // The page of who may do what describes both.
      from: { path: '^packages/(infra|workload)-account/', pathNot: '/tools/security/' },
      to: { path: '^packages/(infra|workload)-account/', pathNot: '^packages/$1-account/' },
    },
    {
      name: 'only-tests-and-demo-import-the-emulator',
      severity: 'error',
      from: { path: '^packages/(shared|infra-account|workload-account)/', pathNot: test },
      to: { path: '^packages/(emulator|stage|demo|cli|simulate|fuzz)/' },
    },
    {
      name: 'emulator-knows-no-product',
      severity: 'error',
      from: { path: '^packages/emulator/' },
      to: { path: '^packages/(?!emulator/)' },
    },
    {
      name: 'only-shared-aws-imports-the-sdk',
      severity: 'error',
      from: {
        path: '^packages/(shared|constructs|infra-account|workload-account)/',
        pathNot: `^packages/shared/src/aws/|${test}`,
      },
      to: { path: '@aws-sdk/' },
    },
    {
      name: 'handlers-import-no-cdk',
      severity: 'error',
      from: { path: '^packages/(shared|[a-z]+-account/src)/' },
      to: { path: 'aws-cdk-lib|constructs' },
    },
    {
      name: 'pure-folders-stay-pure',
      severity: 'error',
      from: { path: '^packages/shared/src/(model|plan|payload)/', pathNot: test },
      to: { path: '^packages/shared/src/(aws|store|runtime)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
    exclude: { path: '(^|/)dist/' },
  },
};
