import type { Scope } from '../../world/scope.ts';
import { parseComponentDocument } from './component-document.ts';
import type { StoredComponent } from './state.ts';

interface AmazonComponent {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly data: string;
}

/** Some components that Amazon offers to every account; their documents are this emulator's own. */
const catalogue: readonly AmazonComponent[] = [
  {
    name: 'update-linux',
    version: '1.0.2',
    description: 'Updates Linux with the latest security updates.',
    data: `name: update-linux
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: UpdateOS
        action: UpdateOS
`,
  },
  {
    name: 'reboot-linux',
    version: '1.0.1',
    description: 'Reboots Linux.',
    data: `name: reboot-linux
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Reboot
        action: Reboot
`,
  },
  {
    name: 'simple-boot-test-linux',
    version: '1.0.0',
    description: 'Runs a simple boot test.',
    data: `name: simple-boot-test-linux
schemaVersion: 1.0
phases:
  - name: test
    steps:
      - name: Boot
        action: ExecuteBash
        inputs:
          commands:
            - echo "the instance has booted"
`,
  },
];

const publishedAt = new Date('2026-01-15T00:00:00.000Z');
const buildNumber = 1;

/** Amazon's components in the scope's Region. */
export const amazonComponents = (scope: Scope): StoredComponent[] =>
  catalogue.map(({ name, version, description, data }) => ({
    arn: `arn:aws:imagebuilder:${scope.region}:aws:component/${name}/${version}/${buildNumber}`,
    name,
    version,
    build: buildNumber,
    owner: 'Amazon',
    platform: 'Linux',
    description,
    changeDescription: undefined,
    supportedOsVersions: undefined,
    kmsKeyId: undefined,
    data,
    document: parseComponentDocument(data),
    createdAt: publishedAt,
    tags: new Map(),
  }));
