import { describe, expect, it } from '@jest/globals';
import type { ScriptResult, System, UnitState } from './index.ts';
import {
  bootReport,
  bootSystem,
  ecsAgentConfiguration,
  dockerConfiguration,
  runScript,
  unitEnablement,
  unitState,
} from './index.ts';
import { container, plain, built } from '../../test/built-images.ts';

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
