import { examplePayload } from '@golden/stage/fleet-stage.ts';
import { badImage } from './chapters/bad-image.ts';
import { deploy } from './chapters/deploy.ts';
import { echoes } from './chapters/echoes.ts';
import { ending } from './chapters/ending.ts';
import { firstImage } from './chapters/first-image.ts';
import { goodImage } from './chapters/good-image.ts';
import { growth } from './chapters/growth.ts';
import { lateFault } from './chapters/late-fault.ts';
import { newerImage } from './chapters/newer-image.ts';
import { ownPayload } from './chapters/own-payload.ts';
import type { Scene } from './scene.ts';

/** `harden.sh` with another setting: another good image. */
const harderStill = (setting: string): string =>
  `${examplePayload('harden.sh')}echo '${setting}' >> /etc/sysctl.d/90-hardening.conf\n`;

/** The whole story: from a payload to the groups of an organization, with all that may come in between. */
export async function tellAll(scene: Scene): Promise<void> {
  await deploy(scene);
  const first = await firstImage(scene);
  const good = await goodImage(scene, {
    title: '2  harden.sh goes all the way',
    name: 'harden.sh',
    body: examplePayload('harden.sh'),
    isShownInFull: true,
  });
  await echoes(scene, { older: first, newer: good });
  await badImage(scene, {
    title: '4  drops-awslogs-driver.sh passes the image test and is bad all the same',
    payload: 'drops-awslogs-driver.sh',
    reason: 'alarm',
  });
  await badImage(scene, {
    title: '5  wrong-cluster.sh is bad, and no event tells of it',
    payload: 'wrong-cluster.sh',
    reason: 'agent-not-registered',
  });
  const newest = await newerImage(scene, {
    older: { name: 'harden-2.sh', body: harderStill('kernel.sysrq = 0') },
    newer: {
      name: 'forbids-privileged-containers.sh',
      body: examplePayload('forbids-privileged-containers.sh'),
    },
  });
  await lateFault(scene, { revoked: newest, stable: good.version });
  await growth(scene, {
    name: 'harden-3.sh',
    body: harderStill('kernel.core_pattern = |/bin/false'),
  });
  await ending(scene);
}

/** The short story of a person's own script. */
export async function tellOwn(
  scene: Scene,
  payload: { name: string; body: string },
): Promise<void> {
  await deploy(scene);
  await scene.org.deploy();
  await ownPayload(scene, payload);
}
