import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { amiId, imageLine, sha256 } from '@golden/shared/model/ids.ts';
import { versionNumber } from '@golden/shared/model/image-version.ts';
import { recipeContent } from '@golden/shared/plan/recipe.ts';

import { applyPayloadDocument, documentVersionNode } from './apply-payload-document.ts';

interface Step {
  readonly name: string;
  readonly action: string;
  readonly timeoutSeconds?: number;
  readonly inputs:
    { readonly commands: readonly string[] } | readonly { readonly content?: string }[];
}

interface ComponentDocument {
  readonly schemaVersion: number;
  readonly parameters: readonly Record<string, { type: string; description: string }>[];
  readonly phases: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

const document = parse(applyPayloadDocument) as ComponentDocument;
const steps = document.phases.flatMap((phase) => phase.steps);
const bashSteps = steps.flatMap(({ name, inputs }) =>
  'commands' in inputs ? [{ name, commands: inputs.commands }] : [],
);

/** What `start-build` puts into the recipe of a payload. */
const givenByRecipe = (payload: string): Readonly<Record<string, string>> =>
  recipeContent({
    line: imageLine('golden'),
    n: versionNumber(7),
    parentAmi: amiId('ami-0123456789abcdef0'),
    payload: {
      key: 'payloads/base.sh',
      sha256: sha256(createHash('sha256').update(payload).digest('hex')),
    },
    bucket: 'payloads-1a2b3c4d',
  }).parameters;

describe('the apply-payload document', () => {
  it('fits into the inline data of a component', () => {
    // AWS::ImageBuilder::Component, Data: 1 to 16,000 characters.
    expect(applyPayloadDocument.length).toBeLessThanOrEqual(16_000);
  });

  it('declares as strings the parameters that a recipe gives', () => {
    const names = document.parameters.flatMap(Object.keys);
    expect([...names].sort()).toEqual(Object.keys(givenByRecipe('')).sort());
    for (const parameter of document.parameters)
      for (const [name, { type, description }] of Object.entries(parameter)) {
        expect(name).toMatch(/^[A-Za-z0-9_-]{3,128}$/);
        expect(type).toBe('string');
        expect(description).not.toBe('');
      }
  });

  it('refers to declared parameters only, and to each of them', () => {
    const used = applyPayloadDocument.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g);
    expect(new Set([...used].map((match) => match[1]))).toEqual(
      new Set(document.parameters.flatMap(Object.keys)),
    );
  });

  it('has a build and a test phase, and step names that are unique', () => {
    expect(document.schemaVersion).toBe(1);
    expect(document.phases.map(({ name }) => name)).toEqual(['build', 'test']);
    expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
  });

  it('gives every step a limit and uses known modules', () => {
    for (const step of steps) {
      expect(['S3Download', 'ExecuteBash', 'CreateFile']).toContain(step.action);
      expect(step.timeoutSeconds).toBeGreaterThan(0);
      expect(Array.isArray(step.inputs)).toBe(step.action !== 'ExecuteBash');
    }
  });

  it.each(bashSteps)('stops at the first error in step $name', ({ commands }) => {
    expect(commands[0]).toBe('set -euo pipefail');
  });

  it.each(bashSteps)('has valid bash in step $name', ({ commands }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], {
      input: commands.join('\n'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('gives another version to another text, within what Image Builder allows', () => {
    const version = documentVersionNode(applyPayloadDocument);
    expect(documentVersionNode(`${applyPayloadDocument} `)).not.toBe(version);
    expect(version).toBeGreaterThanOrEqual(0);
    expect(version).toBeLessThanOrEqual(2 ** 30 - 1);
  });
});

describe('the steps of the apply-payload document, run by bash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'apply-payload-'));
  const payload = '#!/bin/bash -eu\necho hardened\n';
  const values = givenByRecipe(payload);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const fill = (text: string): string =>
    text
      .replaceAll(/\{\{ (\w+) \}\}/g, (_match, name: string) => values[name] ?? '')
      .replaceAll(/\/(root|etc)\//g, `${folder}/`);

  /** Runs one step with the absolute paths moved into a folder of its own and a `systemctl` that answers as told. */
  const run = (name: string, systemctl = 'exit 0'): number | null => {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'systemctl'), `#!/bin/bash\n${systemctl}\n`);
    chmodSync(join(bin, 'systemctl'), 0o755);
    const commands = bashSteps.find((step) => step.name === name)?.commands ?? ['exit 99'];
    const script = commands.map(fill).join('\n').replace('timeout 180', 'timeout 1');
    return spawnSync('bash', ['-c', script], {
      env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    }).status;
  };
  const putPayload = (text: string): void => {
    writeFileSync(join(folder, 'golden-payload.sh'), text);
  };
  const release = steps.flatMap(({ inputs }) =>
    'commands' in inputs ? [] : inputs.flatMap(({ content }) => content ?? []),
  )[0]!;
  const putRelease = (text: string): void => {
    writeFileSync(join(folder, 'golden-image-release'), text);
  };

  it('accept the payload whose digest the recipe carries, and no other', () => {
    putPayload(payload);
    expect(run('PayloadIsTheAcceptedOne')).toBe(0);
    putPayload(`${payload} `);
    expect(run('PayloadIsTheAcceptedOne')).not.toBe(0);
  });

  it('refuse a payload with a syntax error before it runs', () => {
    putPayload('#!/bin/bash\nif true; then\n');
    expect(run('PayloadIsValidBash')).not.toBe(0);
  });

  it('pass the exit status of the payload on, 194 for a reboot too', () => {
    putPayload('#!/bin/bash\nexit 194\n');
    expect(run('RunPayload')).toBe(194);
  });

  it('run the payload with the options of its first line', () => {
    putPayload('#!/bin/bash -e\nfalse\ntrue\n');
    expect(run('RunPayload')).not.toBe(0);
  });

  it('find the release file that the build phase writes, and miss another', () => {
    putRelease(fill(release));
    expect(run('ImageIsSigned')).toBe(0);
    putRelease(fill(release).replace('1.0.7', '1.0.70'));
    expect(run('ImageIsSigned')).not.toBe(0);
  });

  it('let an image without the ECS unit pass', () => {
    const noUnits = '[ "$1" = list-unit-files ] && exit 0; exit 1';
    expect(run('ContainerAgentIsEnabled', noUnits)).toBe(0);
    expect(run('ContainerAgentBecomesActive', noUnits)).toBe(0);
  });

  const ecsImage = '[ "$1" = list-unit-files ] && echo "ecs.service enabled enabled" && exit 0;';

  it('accept an ECS image whose units are enabled and active', () => {
    expect(run('ContainerAgentIsEnabled', `${ecsImage} exit 0`)).toBe(0);
    expect(run('ContainerAgentBecomesActive', `${ecsImage} exit 0`)).toBe(0);
  });

  it.each(['docker.service', 'ecs.service'])(
    'refuse an ECS image on which %s does not run',
    (unit) => {
      const lacking = `${ecsImage} [[ "$*" != "is-active"*${unit}* ]]`;
      expect(run('ContainerAgentBecomesActive', lacking)).not.toBe(0);
    },
  );

  it('want the agent enabled, but not Docker, which the agent pulls in', () => {
    const without = (unit: string) => `${ecsImage} [[ "$*" != "is-enabled"*${unit}* ]]`;
    expect(run('ContainerAgentIsEnabled', without('ecs.service'))).not.toBe(0);
    expect(run('ContainerAgentIsEnabled', without('docker.service'))).toBe(0);
  });

  it('refuse an ECS image from which the unit was removed', () => {
    mkdirSync(join(folder, 'ecs'));
    expect(run('ContainerAgentIsEnabled', '[ "$1" = list-unit-files ]')).not.toBe(0);
    rmSync(join(folder, 'ecs'), { recursive: true });
  });
});
