import { describe, expect, it } from '@jest/globals';
import type { ImageContents, ScriptResult, System, UnitState } from './index.ts';
import {
  amazonLinuxContents,
  bootReport,
  bootSystem,
  dropIns,
  ecsAgentCapabilities,
  ecsAgentConfiguration,
  dockerConfiguration,
  readTextFile,
  runScript,
  unitEnablement,
  unitState,
} from './index.ts';

const container = amazonLinuxContents({ ecsOptimized: true, architecture: 'x86_64' });
const plain = amazonLinuxContents({ ecsOptimized: false, architecture: 'arm64' });

/** The image that a script makes of another. */
async function built(script: string, from: ImageContents = container): Promise<ImageContents> {
  const system = await bootSystem(from);
  const result = await runScript(system, script);
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toMatchObject({ exitCode: 0 });
  return system.contents;
}

const on = async (
  system: System,
  script: string,
): Promise<Pick<ScriptResult, 'exitCode' | 'stdout' | 'stderr'>> => {
  const { exitCode, stdout, stderr } = await runScript(system, script);
  return { exitCode, stdout, stderr };
};

describe('an image for containers', () => {
  it('boots with the agent enabled and Docker pulled in by it', async () => {
    const system = await bootSystem(container);
    expect(unitState(system, 'ecs')).toEqual({ active: true, enabled: 'enabled' });
    expect(unitState(system, 'docker.service')).toEqual({ active: true, enabled: 'disabled' });
    expect(unitState(system, 'containerd').active).toBe(true);
    expect(bootReport(system)).toEqual({ failures: [] });
  });

  it('passes the test of an agent that has to come up', async () => {
    const script = `set -euo pipefail
test -d /etc/ecs || test -n "$(systemctl list-unit-files --no-legend ecs.service)" || exit 0
systemctl is-enabled ecs.service
timeout 180 bash -c 'until systemctl is-active --quiet docker.service && systemctl is-active --quiet ecs.service; do sleep 5; done'`;
    expect(await on(await bootSystem(container), script)).toEqual({
      exitCode: 0,
      stdout: 'enabled\n',
      stderr: '',
    });
    expect(await on(await bootSystem(plain), script)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    const disabled = await bootSystem(await built('systemctl disable --now ecs'));
    expect(await on(disabled, script)).toEqual({ exitCode: 1, stdout: 'disabled\n', stderr: '' });
    const masked = await bootSystem(await built('systemctl mask docker.service'));
    expect((await runScript(masked, script)).exitCode).toBe(124);
  });
});

describe('what a script does to a unit counts at the next boot', () => {
  it.each<[string, string, UnitState]>([
    ['disable', 'systemctl disable ecs', { active: false, enabled: 'disabled' }],
    [
      'disable and enable',
      'systemctl disable ecs; systemctl enable ecs.service',
      { active: true, enabled: 'enabled' },
    ],
    ['mask', 'systemctl mask ecs', { active: false, enabled: 'masked' }],
    [
      'mask by hand',
      'ln -sf /dev/null /etc/systemd/system/ecs.service',
      { active: false, enabled: 'masked' },
    ],
    [
      'mask and unmask',
      'systemctl mask ecs; systemctl unmask ecs',
      { active: true, enabled: 'enabled' },
    ],
    ['stop only', 'systemctl stop ecs', { active: true, enabled: 'enabled' }],
    [
      'remove the unit file',
      'rm /usr/lib/systemd/system/ecs.service',
      { active: false, enabled: 'not-found' },
    ],
    [
      'remove the link',
      'rm /etc/systemd/system/multi-user.target.wants/ecs.service',
      { active: false, enabled: 'disabled' },
    ],
    ['remove its package', 'dnf remove -y ecs-init', { active: false, enabled: 'not-found' }],
    [
      'remove what its package needs',
      'yum -y remove docker',
      { active: false, enabled: 'not-found' },
    ],
    [
      'mask Docker',
      'systemctl mask --now docker.service docker.socket',
      { active: false, enabled: 'enabled' },
    ],
    ['mask containerd', 'systemctl mask containerd', { active: false, enabled: 'enabled' }],
    [
      'disable Docker, which the agent pulls in',
      'systemctl disable docker',
      { active: true, enabled: 'enabled' },
    ],
    [
      'write a broken Docker configuration',
      'echo \'{"log-driver": }\' > /etc/docker/daemon.json',
      { active: false, enabled: 'enabled' },
    ],
    [
      'write an option that Docker does not know',
      'echo \'{"log-drver": "local"}\' > /etc/docker/daemon.json',
      { active: false, enabled: 'enabled' },
    ],
    [
      'write an option that is on the command line too',
      'echo \'{"hosts": ["fd://"]}\' > /etc/docker/daemon.json',
      { active: false, enabled: 'enabled' },
    ],
    [
      'remove the agent’s program',
      'rm /usr/libexec/amazon-ecs-init',
      { active: false, enabled: 'enabled' },
    ],
  ])('%s', async (_name, script, expected) => {
    const image = await built(script);
    const system = await bootSystem(image);
    expect(unitState(system, 'ecs')).toEqual(expected);
    expect(unitEnablement(image, 'ecs')).toBe(expected.enabled);
  });

  it('says why Docker did not start', async () => {
    const system = await bootSystem(await built("echo '{' > /etc/docker/daemon.json"));
    expect(bootReport(system).failures.map(({ unit }) => unit)).toEqual([
      'docker.service',
      'ecs.service',
    ]);
    expect(bootReport(system).failures[0]?.reason).toContain('/etc/docker/daemon.json');
    expect(dockerConfiguration(system.contents).valid).toBe(false);
    expect(
      await on(
        system,
        "echo '{}' > /etc/docker/daemon.json; systemctl start docker; systemctl is-active docker ecs",
      ),
    ).toEqual({ exitCode: 0, stdout: 'active\nactive\n', stderr: '' });
  });

  it('brings an agent onto a plain image', async () => {
    const image = await built(
      'dnf install -y ecs-init && systemctl enable ecs && echo ECS_CLUSTER=blue > /etc/ecs/ecs.config',
      plain,
    );
    expect(unitState(await bootSystem(image), 'ecs')).toEqual({ active: true, enabled: 'enabled' });
    expect(ecsAgentConfiguration(image).cluster).toBe('blue');
    expect(unitState(await bootSystem(plain), 'ecs')).toEqual({
      active: false,
      enabled: 'not-found',
    });
  });
});

describe('systemctl', () => {
  it.each<[string, { exitCode: number; stdout?: string; stderr?: string }]>([
    ['systemctl is-active docker ecs nope', { exitCode: 0, stdout: 'active\nactive\ninactive\n' }],
    ['systemctl is-active -q nope', { exitCode: 3, stdout: '' }],
    ['systemctl stop ecs; systemctl is-active ecs', { exitCode: 3, stdout: 'inactive\n' }],
    ['systemctl is-enabled docker', { exitCode: 1, stdout: 'disabled\n' }],
    [
      'systemctl is-enabled nope',
      {
        exitCode: 1,
        stderr: 'Failed to get unit file state for nope.service: No such file or directory\n',
      },
    ],
    [
      'systemctl enable nope',
      { exitCode: 1, stderr: 'Failed to enable unit: Unit file nope.service does not exist.\n' },
    ],
    [
      'systemctl start nope',
      { exitCode: 5, stderr: 'Failed to start nope.service: Unit nope.service not found.\n' },
    ],
    [
      'systemctl stop nope',
      { exitCode: 5, stderr: 'Failed to stop nope.service: Unit nope.service not loaded.\n' },
    ],
    [
      'systemctl enable docker',
      {
        exitCode: 0,
        stderr:
          'Created symlink /etc/systemd/system/multi-user.target.wants/docker.service → /usr/lib/systemd/system/docker.service.\n',
      },
    ],
    [
      'systemctl disable ecs',
      {
        exitCode: 0,
        stderr: 'Removed "/etc/systemd/system/multi-user.target.wants/ecs.service".\n',
      },
    ],
    [
      'systemctl mask ecs',
      { exitCode: 0, stderr: 'Created symlink /etc/systemd/system/ecs.service → /dev/null.\n' },
    ],
    [
      'systemctl mask --now -q ecs; systemctl start ecs',
      { exitCode: 1, stderr: 'Failed to start ecs.service: Unit ecs.service is masked.\n' },
    ],
    [
      'echo > /etc/systemd/system/ecs.service; systemctl mask ecs',
      {
        exitCode: 1,
        stderr: 'Failed to mask unit: File /etc/systemd/system/ecs.service already exists.\n',
      },
    ],
    [
      'systemctl --no-pager list-unit-files --no-legend "ecs*"',
      { exitCode: 0, stdout: 'ecs.service                      enabled  -\n' },
    ],
    ['systemctl list-unit-files --no-legend nope.service', { exitCode: 0, stdout: '' }],
    ['systemctl show -p ActiveState --value docker', { exitCode: 0, stdout: 'active\n' }],
    ['systemctl frobnicate ecs', { exitCode: 1, stderr: 'Unknown command verb frobnicate.\n' }],
    ['systemctl daemon-reload && systemctl reload docker', { exitCode: 0, stderr: '' }],
    ['systemctl restart docker && systemctl is-active ecs', { exitCode: 0, stdout: 'active\n' }],
    ['systemctl stop docker; systemctl is-active ecs', { exitCode: 3, stdout: 'activating\n' }],
    ['echo "{" > /etc/docker/daemon.json; systemctl restart docker', { exitCode: 1 }],
    [
      'service docker restart',
      { exitCode: 0, stderr: 'Redirecting to /bin/systemctl restart docker.service\n' },
    ],
  ])('%s', async (script, expected) => {
    expect(await on(await bootSystem(container), script)).toMatchObject(expected);
  });

  it('enables and starts units that a script wrote', async () => {
    const script = `cat > /etc/systemd/system/worker.service <<'EOF'
[Unit]
Description=Worker
After=network-online.target

[Service]
ExecStart=/usr/local/bin/worker --verbose
Restart=on-failure

[Install]
WantedBy=multi-user.target
EOF
printf '#!/bin/bash\\nsleep infinity\\n' > /usr/local/bin/worker
systemctl daemon-reload
systemctl enable --now worker || true
systemctl is-active worker
chmod +x /usr/local/bin/worker`;
    const system = await bootSystem(plain);
    expect((await on(system, script)).stdout).toBe('activating\n');
    expect(unitState(await bootSystem(system.contents), 'worker')).toEqual({
      active: true,
      enabled: 'enabled',
    });
  });
});

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

describe('the configuration of the agent', () => {
  const drivers = (contents: ImageContents): string[] =>
    ecsAgentCapabilities(contents)
      .map((name) => /logging-driver\.(.+)/.exec(name)?.[1] ?? '')
      .filter((name) => name !== '' && !name.startsWith('awsfirelens'));

  it('has the defaults of ecs-init', () => {
    expect(ecsAgentConfiguration(container).loggingDrivers).toEqual([
      'json-file',
      'syslog',
      'awslogs',
      'fluentd',
      'none',
    ]);
    expect(drivers(container)).toEqual(['awslogs', 'fluentd', 'json-file', 'none', 'syslog']);
    expect(ecsAgentCapabilities(container)).toEqual(
      expect.arrayContaining([
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'com.amazonaws.ecs.capability.docker-remote-api.1.18',
        'com.amazonaws.ecs.capability.task-iam-role',
        'com.amazonaws.ecs.capability.privileged-container',
        'ecs.capability.execution-role-awslogs',
        'ecs.capability.task-eni',
      ]),
    );
  });

  it.each<[string, string, string[]]>([
    [
      'a list',
      `echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","journald"]' >> /etc/ecs/ecs.config`,
      ['journald', 'json-file'],
    ],
    [
      'a later line',
      `printf '%s\\n' 'ECS_AVAILABLE_LOGGING_DRIVERS=["none"]' 'ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs"]' >> /etc/ecs/ecs.config`,
      ['awslogs'],
    ],
    [
      'a driver that the agent does not know',
      `echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs","mine"]' >> /etc/ecs/ecs.config`,
      ['awslogs'],
    ],
    [
      'no JSON',
      'echo ECS_AVAILABLE_LOGGING_DRIVERS=awslogs >> /etc/ecs/ecs.config',
      ['json-file', 'none'],
    ],
    [
      'quotes that stay',
      `echo "ECS_AVAILABLE_LOGGING_DRIVERS='[\\"awslogs\\"]'" >> /etc/ecs/ecs.config`,
      ['json-file', 'none'],
    ],
  ])('takes logging drivers from %s', async (_name, script, expected) => {
    expect(drivers(await built(script))).toEqual(expected);
  });

  it('drops capabilities that are switched off', async () => {
    const image = await built(
      'echo ECS_DISABLE_PRIVILEGED=true >> /etc/ecs/ecs.config\necho ECS_ENABLE_TASK_IAM_ROLE=false >> /etc/ecs/ecs.config',
    );
    expect(ecsAgentCapabilities(image)).not.toContain(
      'com.amazonaws.ecs.capability.privileged-container',
    );
    expect(ecsAgentCapabilities(image)).not.toContain('com.amazonaws.ecs.capability.task-iam-role');
  });

  it('carries attributes', async () => {
    const image = await built(
      `echo 'ECS_INSTANCE_ATTRIBUTES={"rack": "7"}' >> /etc/ecs/ecs.config`,
    );
    expect(ecsAgentConfiguration(image).attributes).toEqual({ rack: '7' });
  });
});

it('shows the Docker configuration', async () => {
  expect(dockerConfiguration(container)).toEqual({
    valid: true,
    logDriver: 'json-file',
    options: { 'userland-proxy': false },
  });
  const image = await built(`cat > /etc/docker/daemon.json <<'EOF'
{ "log-driver": "local", "log-opts": { "max-size": "10m" }, "live-restore": true }
EOF`);
  expect(dockerConfiguration(image)).toMatchObject({
    valid: true,
    logDriver: 'local',
    options: { 'live-restore': true },
  });
  expect(unitState(await bootSystem(image), 'docker').active).toBe(true);
});
