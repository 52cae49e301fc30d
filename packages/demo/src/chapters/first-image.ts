import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { StandaloneAccount } from '@golden/emulator';
import { examplePayload } from '@golden/stage/fleet-stage.ts';
import { JournalView } from '../journal-view.ts';
import { lastMail, type Scene } from '../scene.ts';

const firstPayload = `#!/bin/bash
set -euo pipefail
dnf update -y --security
`;

/** A first image, and payloads that become none; nobody's groups follow yet. */
export async function firstImage(scene: Scene): Promise<VersionRecord> {
  const { org, tell } = scene;
  const { infra } = org.fleet;
  tell.chapter('   A first image, to be looked at');
  const journal = new JournalView(org.fleet);
  const version = await org.fleet.build('first.sh', firstPayload);
  tell.equal(
    'version 1.0.1 is available in each Region',
    [version.version, version.state, Object.keys(version.amis ?? {}).sort()],
    ['1.0.1', 'available', org.regions.toSorted()],
  );
  for (const region of org.regions) {
    const ami = version.amis?.[region] ?? '';
    tell.equal(
      `the organization sees it in ${region}, and nobody else does`,
      [
        await isShared(scene, infra.member, { ami, region }),
        await isShared(scene, infra.stranger, { ami, region }),
      ],
      [true, false],
    );
  }
  await refusals(scene);
  tell.equal('no group was touched', journal.changesBeside(), []);
  await org.deploy();
  return version;
}

const isShared = async (
  { org }: Scene,
  account: StandaloneAccount,
  image: { ami: string; region: string },
): Promise<boolean> => {
  const { Images = [] } = await org.fleet.infra
    .client(EC2Client, { account, region: image.region })
    .send(new DescribeImagesCommand({ ExecutableUsers: ['self'] }));
  return Images.some(({ ImageId }) => ImageId === image.ami);
};

/** Payloads that people get back with the reason. */
async function refusals(scene: Scene): Promise<void> {
  const { infra } = scene.org.fleet;
  const cases: readonly [name: string, body: string, reason: RegExp][] = [
    ['empty.sh', '', /payload rejected \(empty\)/],
    ['broken-syntax.sh', examplePayload('broken-syntax.sh'), /image failed[^]*syntax error/],
    [
      'disables-ecs-agent.sh',
      examplePayload('disables-ecs-agent.sh'),
      /image failed[^]*ContainerAgentIsEnabled/,
    ],
  ];
  for (const [name, body, reason] of cases) {
    await infra.upload(`payloads/${name}`, body);
    await infra.buildsSettle();
    scene.tell.matches(`${name} becomes no image, and people know why`, lastMail(scene), reason);
  }
}
