import { describe, expect, it } from '@jest/globals';
import type { Block } from '@golden/shared/payload/workload-response.ts';
import {
  aGroup,
  anImage,
  anInstance,
  aTemplate,
  aVersion,
  facts,
  newAmi,
  oldAmi,
  ourRefresh,
  ourVersion,
  surroundings,
} from '../test-builders.ts';
import { assessGroup } from './assess-group.ts';

const good = { templateId: aTemplate, version: 3, ami: oldAmi };
const blockOf = (...parameters: Parameters<typeof assessGroup>): Block | undefined => {
  const assessment = assessGroup(...parameters);
  return assessment.kind === 'blocked' ? assessment.block : undefined;
};

describe('a group that can be moved', () => {
  it('copies the version that it is saved on and records it as last good', () => {
    expect(assessGroup(facts(), surroundings())).toEqual({
      kind: 'ready',
      sources: [good],
      pinTo: undefined,
      lastGood: `${aTemplate}:3:${oldAmi}`,
      before: undefined,
      warnings: [],
    });
  });

  it('is set to the number that its instances run when it is saved on $Latest', () => {
    const group = aGroup({ templates: [{ templateId: aTemplate, version: '$Latest' }] });
    expect(assessGroup(facts({ group }), surroundings())).toMatchObject({
      kind: 'ready',
      pinTo: [good],
    });
  });

  it('is set to what the alias means when it has no instances', () => {
    const group = aGroup({
      templates: [{ templateId: aTemplate, version: '$Default' }],
      instances: [],
    });
    const versions = [aVersion({ version: 1, isDefault: true }), aVersion()];
    expect(assessGroup(facts({ group, versions }), surroundings())).toMatchObject({
      pinTo: [{ ...good, version: 1 }],
      sources: [{ version: 1 }],
    });
  });

  it('copies what its instances run where a parameter allows to leave an unreleased change out', () => {
    const group = aGroup({ templates: [{ templateId: aTemplate, version: '$Latest' }] });
    const versions = [aVersion(), aVersion({ version: 9 })];
    expect(
      assessGroup(facts({ group, versions }), surroundings({ allowsUnreleased: true })),
    ).toMatchObject({
      kind: 'ready',
      sources: [good],
      warnings: [{ reason: 'unreleased-template-change', latest: 9, running: 3 }],
    });
  });

  it('moves each launch template of a mixed-instances policy', () => {
    const arm = 'lt-00000000000000002';
    const group = aGroup({
      templates: [
        { templateId: aTemplate, version: '3' },
        { templateId: arm, version: '7' },
      ],
      instances: [anInstance(3), anInstance(7, 'InService', arm)],
    });
    const versions = [aVersion(), aVersion({ templateId: arm, version: 7 })];
    expect(assessGroup(facts({ group, versions }), surroundings())).toMatchObject({
      kind: 'ready',
      lastGood: `${aTemplate}:3:${oldAmi} ${arm}:7:${oldAmi}`,
    });
  });

  it('keeps the record of the move before', () => {
    const tags = { 'golden:rollout': 'r1', 'golden:last-good': `${aTemplate}:2:${oldAmi}` };
    expect(assessGroup(facts({ group: aGroup({ tags }) }), surroundings())).toMatchObject({
      before: `r1 ${aTemplate}:2:${oldAmi}`,
    });
  });

  it('keeps the record of the move before the one that was undone', () => {
    const tags = {
      'golden:rollout': 'bad',
      'golden:last-good': `${aTemplate}:3:${oldAmi}`,
      'golden:before': `r1 ${aTemplate}:2:${oldAmi}`,
    };
    expect(assessGroup(facts({ group: aGroup({ tags }) }), surroundings())).toMatchObject({
      lastGood: `${aTemplate}:3:${oldAmi}`,
      before: undefined,
    });
  });

  it('may boot otherwise than the image does, if that one boots either way', () => {
    const images = [anImage({ ami: oldAmi, bootMode: 'default' })];
    expect(assessGroup(facts(), surroundings({ images }))).toMatchObject({ kind: 'ready' });
  });

  it('says that a stack will set its own version again', () => {
    const group = aGroup({ tags: { 'aws:cloudformation:stack-name': 'ecs' } });
    expect(assessGroup(facts({ group }), surroundings())).toMatchObject({
      warnings: [{ reason: 'stack-managed', stack: 'ecs' }],
    });
  });
});

describe('a group that is on the image', () => {
  const there = {
    templates: [{ templateId: aTemplate, version: '4' }],
    instances: [anInstance(4)],
  };
  const versions = [aVersion(), ourVersion()];

  it('is up to date, whatever the alarm says', () => {
    expect(
      assessGroup(
        facts({ group: aGroup(there), versions }),
        surroundings({ block: { reason: 'alarm-not-ok', alarm: 'a', state: 'ALARM' } }),
      ),
    ).toEqual({ kind: 'up-to-date' });
  });

  it('is not up to date while an instance is launching from another version', () => {
    const group = aGroup({ ...there, instances: [anInstance(4), anInstance(3, 'Pending')] });
    expect(assessGroup(facts({ group, versions }), surroundings()).kind).not.toBe('up-to-date');
  });

  it('does not count instances that are on their way out', () => {
    const group = aGroup({ ...there, instances: [anInstance(4), anInstance(3, 'Terminating')] });
    expect(assessGroup(facts({ group, versions }), surroundings())).toEqual({ kind: 'up-to-date' });
  });

  it('never takes the image of the rollout for the way back from it', () => {
    const group = aGroup({ ...there, instances: [anInstance(3)] });
    expect(blockOf(facts({ group, versions }), surroundings())).toEqual({
      reason: 'no-last-good',
      ami: newAmi,
    });
  });

  it('keeps the recorded way back and is saved on it again, so that AWS rolls back to it', () => {
    const group = aGroup({
      ...there,
      instances: [anInstance(3)],
      tags: { 'golden:last-good': `${aTemplate}:3:${oldAmi}` },
    });
    expect(assessGroup(facts({ group, versions }), surroundings())).toMatchObject({
      kind: 'ready',
      sources: [{ version: 4, ami: newAmi }],
      pinTo: [good],
      lastGood: undefined,
    });
  });
});

describe('a group that is not moved says why', () => {
  const alias = [{ templateId: aTemplate, version: '$Latest' }];
  const cases: readonly [string, Block, ...Parameters<typeof assessGroup>][] = [
    [
      'enrolled in another line',
      { reason: 'enrolled-in-other-line', line: 'other' },
      facts({ group: aGroup({ tags: { 'golden:line': 'other' } }) }),
      surroundings(),
    ],
    [
      'being deleted',
      { reason: 'being-deleted' },
      facts({ group: aGroup({ isBeingDeleted: true }) }),
      surroundings(),
    ],
    [
      'of another launch template than the parameter names',
      { reason: 'other-template', template: aTemplate, wanted: 'lt-1' },
      facts(),
      surroundings({ templateId: 'lt-1' }),
    ],
    [
      'on a launch configuration',
      { reason: 'launch-configuration' },
      facts({ group: aGroup({ launch: 'launch-configuration', templates: [] }) }),
      surroundings(),
    ],
    [
      'with instance types chosen by attributes',
      { reason: 'attribute-based-selection' },
      facts({ group: aGroup({ launch: 'attribute-based-selection' }) }),
      surroundings(),
    ],
    [
      'whose launch template chooses instance types by attributes',
      { reason: 'attribute-based-selection' },
      facts({ versions: [aVersion({ hasRequirements: true })] }),
      surroundings(),
    ],
    [
      'with images in its overrides',
      { reason: 'image-overrides' },
      facts({ group: aGroup({ launch: 'image-overrides' }) }),
      surroundings(),
    ],
    [
      'with one template in several versions',
      { reason: 'mixed-versions' },
      facts({ group: aGroup({ launch: 'mixed-versions' }) }),
      surroundings(),
    ],
    [
      'with more templates than a tag can record',
      { reason: 'too-many-templates', count: 5, max: 4 },
      facts({
        group: aGroup({
          templates: [1, 2, 3, 4, 5].map((n) => ({ templateId: `lt-${n}`, version: '1' })),
        }),
      }),
      surroundings(),
    ],
    [
      'saved on a version that is gone',
      { reason: 'template-not-found', template: aTemplate, version: '3' },
      facts({ versions: [] }),
      surroundings(),
    ],
    [
      'with an SSM alias for its image',
      {
        reason: 'ssm-alias',
        template: aTemplate,
        version: '3',
        image: 'resolve:ssm:/golden',
      },
      facts({ versions: [aVersion({ image: 'resolve:ssm:/golden' })] }),
      surroundings(),
    ],
    [
      'with a refresh of somebody else, before anything else is looked at',
      { reason: 'refresh-in-progress', refresh: 'other', status: 'Pending' },
      facts({ refreshes: [ourRefresh({ id: 'other', status: 'Pending', desired: undefined })] }),
      surroundings(),
    ],
    [
      'under an alarm that is not OK',
      { reason: 'alarm-not-ok', alarm: 'a', state: 'INSUFFICIENT_DATA' },
      facts(),
      surroundings({ block: { reason: 'alarm-not-ok', alarm: 'a', state: 'INSUFFICIENT_DATA' } }),
    ],
    [
      'with suspended processes',
      { reason: 'suspended-processes', processes: 'Launch, Terminate' },
      facts({ group: aGroup({ suspendedProcesses: ['Terminate', 'Launch', 'AZRebalance'] }) }),
      surroundings(),
    ],
    [
      'saved on an alias with instances on several versions',
      {
        reason: 'instances-on-several-versions',
        template: aTemplate,
        saved: '$Latest',
        versions: '2, 3',
      },
      facts({ group: aGroup({ templates: alias, instances: [anInstance(3), anInstance(2)] }) }),
      surroundings(),
    ],
    [
      'saved on an alias that somebody moved',
      {
        reason: 'unreleased-template-change',
        template: aTemplate,
        saved: '$Latest',
        latest: 9,
        running: 3,
      },
      facts({
        group: aGroup({ templates: alias }),
        versions: [aVersion(), aVersion({ version: 9 })],
      }),
      surroundings(),
    ],
    [
      'whose present image is gone',
      {
        reason: 'last-good-not-launchable',
        template: aTemplate,
        version: 3,
        ami: oldAmi,
        state: 'gone or not shared',
      },
      facts(),
      surroundings({ images: [anImage()] }),
    ],
    [
      'of another architecture',
      { reason: 'architecture', template: aTemplate, version: 3, current: 'arm64', next: 'x86_64' },
      facts(),
      surroundings({ images: [anImage({ ami: oldAmi, architecture: 'arm64' })] }),
    ],
    [
      'of another boot mode',
      {
        reason: 'boot-mode',
        template: aTemplate,
        version: 3,
        current: 'legacy-bios',
        next: 'uefi',
      },
      facts(),
      surroundings({
        image: anImage({ bootMode: 'uefi' }),
        images: [anImage({ ami: oldAmi, bootMode: 'legacy-bios' })],
      }),
    ],
    [
      'with another root device',
      {
        reason: 'root-device',
        template: aTemplate,
        version: 3,
        current: '/dev/sda1',
        next: '/dev/xvda',
      },
      facts(),
      surroundings({ images: [anImage({ ami: oldAmi, rootDeviceName: '/dev/sda1' })] }),
    ],
    [
      'with too small a root volume in its template',
      { reason: 'root-volume-size', template: aTemplate, version: 3, current: 8, next: 30 },
      facts({ versions: [aVersion({ volumeGib: { '/dev/xvda': 8 } })] }),
      surroundings(),
    ],
  ];

  it.each(cases)('%s', (_, block, group, around) => {
    expect(blockOf(group, around)).toEqual(block);
  });
});
