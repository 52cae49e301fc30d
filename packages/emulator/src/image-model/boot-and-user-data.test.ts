import { describe, expect, it } from '@jest/globals';
import type { System } from './index.ts';
import {
  bootReport,
  bootSystem,
  dropIns,
  ecsAgentConfiguration,
  readTextFile,
  unitState,
} from './index.ts';
import { container, plain, built } from '../../test/built-images.ts';

describe('at boot', () => {
  const dropIn = `mkdir -p /etc/systemd/system/ecs.service.d
cat > /etc/systemd/system/ecs.service.d/10-cluster.conf <<'EOF'
[Service]
Environment="COLOUR=dark green" SIZE=2
EnvironmentFile=-/etc/none
ExecStartPre=/usr/local/sbin/configure-agent \${COLOUR} $SIZE
EOF
cat > /usr/local/sbin/configure-agent <<'EOF'
#!/bin/bash
set -euo pipefail
sed -i '/^ECS_CLUSTER=/d' /etc/ecs/ecs.config
echo "ECS_CLUSTER=$1-$2" >> /etc/ecs/ecs.config
EOF
chmod 755 /usr/local/sbin/configure-agent`;

  it('runs the commands of a drop-in before the agent, after user data', async () => {
    const image = await built(dropIn);
    expect(dropIns(image, 'ecs').map(({ path }) => path)).toEqual([
      '/etc/systemd/system/ecs.service.d/10-cluster.conf',
    ]);
    const system = await bootSystem(image, {
      userData: '#!/bin/bash\necho ECS_CLUSTER=red >> /etc/ecs/ecs.config\n',
    });
    expect(unitState(system, 'ecs').active).toBe(true);
    expect(ecsAgentConfiguration(system.contents).cluster).toBe('dark green-2');
  });

  it('does not start what a failing drop-in precedes', async () => {
    const image = await built(`${dropIn}\nchmod 644 /usr/local/sbin/configure-agent`);
    expect(unitState(await bootSystem(image), 'ecs').active).toBe(false);
    const forgiven = await built(
      `${dropIn}\nchmod 644 /usr/local/sbin/configure-agent\nsed -i s/Pre=/Pre=-/ /etc/systemd/system/ecs.service.d/*.conf`,
    );
    expect(unitState(await bootSystem(forgiven), 'ecs').active).toBe(true);
  });

  it('runs a unit of one shot before or after the agent, as it says', async () => {
    const unit = (order: string): string => `cat > /etc/systemd/system/tune.service <<'EOF'
[Unit]
${order}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'systemctl is-active ecs > /var/log/tune; true'
[Install]
WantedBy=multi-user.target
EOF
systemctl enable tune`;
    const early = await bootSystem(await built(unit('Before=ecs.service')));
    expect(readTextFile(early.contents, '/var/log/tune')).toBe('inactive\n');
    const late = await bootSystem(await built(unit('After=ecs.service')));
    expect(readTextFile(late.contents, '/var/log/tune')).toBe('active\n');
    expect(unitState(late, 'tune').active).toBe(true);
  });
});

describe('user data', () => {
  const withUserData = (userData: string, image = container): Promise<System> =>
    bootSystem(image, { userData });

  it.each([
    [
      'appends',
      'echo ECS_CLUSTER=green >> /etc/ecs/ecs.config',
      'ECS_CLUSTER=blue\nECS_X=1\nECS_CLUSTER=green\n',
    ],
    ['replaces', 'echo ECS_CLUSTER=green > /etc/ecs/ecs.config', 'ECS_CLUSTER=green\n'],
  ])('%s to what the image brings', async (_name, command, expected) => {
    const image = await built("printf 'ECS_CLUSTER=blue\\nECS_X=1\\n' > /etc/ecs/ecs.config");
    const system = await withUserData(`#!/bin/bash\n${command}\n`, image);
    expect(readTextFile(system.contents, '/etc/ecs/ecs.config')).toBe(expected);
    expect(ecsAgentConfiguration(system.contents).cluster).toBe('green');
    expect(ecsAgentConfiguration(image).cluster).toBe('blue');
  });

  it('runs before the agent and after the image’s files', async () => {
    const system = await withUserData(
      '#!/bin/bash\nsystemctl is-active ecs; cat /etc/ecs/ecs.config /etc/hostname\n',
    );
    expect(bootReport(system).userData).toEqual({
      ran: true,
      exitCode: 0,
      output: 'inactive\nlocalhost\n',
    });
    expect(unitState(system, 'ecs').active).toBe(true);
  });

  it('may fail without keeping the agent down', async () => {
    const system = await withUserData(
      '#!/bin/bash -e\nfalse\necho ECS_CLUSTER=x >> /etc/ecs/ecs.config\n',
    );
    expect(bootReport(system).userData).toMatchObject({ ran: true, exitCode: 1 });
    expect(unitState(system, 'ecs').active).toBe(true);
    expect(ecsAgentConfiguration(system.contents).cluster).toBe('default');
  });

  it('waits for itself when it starts the agent', async () => {
    const system = await withUserData('#!/bin/bash\nsystemctl enable --now ecs\necho on\n');
    expect(bootReport(system).userData).toMatchObject({ ran: true, stuck: true });
    expect(unitState(system, 'ecs').active).toBe(false);
    const queued = await withUserData('#!/bin/bash\nsystemctl enable --now --no-block ecs\n');
    expect(unitState(queued, 'ecs').active).toBe(true);
  });

  it('can stop the agent from starting', async () => {
    const system = await withUserData('#!/bin/bash\nsystemctl stop ecs\n');
    expect(unitState(system, 'ecs')).toEqual({ active: false, enabled: 'enabled' });
  });

  it('installs the agent on a plain image', async () => {
    const system = await withUserData(
      '#!/bin/bash\ndnf install -y ecs-init\nsystemctl enable --now --no-block ecs\n',
      plain,
    );
    expect(unitState(system, 'ecs')).toEqual({ active: true, enabled: 'enabled' });
  });

  it('does not run when it is no script or cloud-init is masked', async () => {
    const config = await withUserData('#cloud-config\nruncmd: [ls]\n');
    expect(bootReport(config).userData).toMatchObject({ ran: false });
    const masked = await withUserData(
      '#!/bin/bash\ntouch /root/ran\n',
      await built('systemctl mask cloud-final'),
    );
    expect(bootReport(masked).userData).toMatchObject({ ran: false });
    expect(readTextFile(masked.contents, '/root/ran')).toBeUndefined();
  });
});
