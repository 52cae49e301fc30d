import type { BaseLayer, Entry, ImageContents } from './contents.ts';
import { baseLayer, parentOf } from './contents.ts';
import {
  basePackages,
  ecsOptimizedEnabled,
  knownPackages,
  packagesWithoutFiles,
} from './base-packages.ts';
import {
  commandsWithoutEffect,
  interpreterCommands,
  modelCommands,
  systemCommands,
} from './command-names.ts';
import { ownMember } from '../wire/own-member.ts';

export interface BaseImage {
  readonly ecsOptimized: boolean;
  readonly architecture: 'x86_64' | 'arm64';
}

/** When the vendor's image was built, as far as its files tell: one fixed instant. */
const builtAt = Date.UTC(2026, 0, 1);
const encoder = new TextEncoder();
const layers = new Map<string, BaseLayer>();

/** Amazon Linux 2023, or the image of it that is made for ECS: the files and units that scripts look at or edit. */
export function amazonLinuxContents(options: BaseImage): ImageContents {
  const key = `${options.architecture}/${String(options.ecsOptimized)}`;
  const layer = layers.get(key) ?? buildLayer(options);
  layers.set(key, layer);
  return { base: layer, changes: new Map() };
}

/** What stands for an executable. Run by another name or through a link, it still runs the command. */
export const executableStub = (command: string): string =>
  `#!/bin/bash\n/usr/bin/${command} "$@"\n`;

export const packageRecordFolder = '/usr/lib/sysimage/rpm';

const directories = [
  '/boot', '/dev', '/etc/cloud', '/etc/cron.d', '/etc/default', '/etc/modules-load.d', '/etc/pki/rpm-gpg',
  '/etc/profile.d', '/etc/security/limits.d', '/etc/skel', '/etc/ssh/sshd_config.d', '/etc/sudoers.d', '/etc/sysconfig',
  '/etc/sysctl.d', '/etc/systemd/system', '/etc/systemd/journald.conf.d', '/etc/tmpfiles.d', '/etc/udev/rules.d',
  '/etc/yum.repos.d', '/home/ec2-user/.ssh', '/media', '/mnt', '/opt/aws', '/proc/sys', '/root', '/run/systemd/system',
  '/srv', '/sys', '/tmp', '/usr/bin', '/usr/lib/systemd/system', '/usr/lib64', '/usr/libexec', '/usr/local/bin',
  '/usr/local/lib', '/usr/local/sbin', '/usr/local/share', '/usr/sbin', '/usr/share', '/usr/src', '/var/cache',
  '/var/lib/cloud', '/var/log', '/var/spool/cron', '/var/tmp', packageRecordFolder,
]; // prettier-ignore

const links: Readonly<Record<string, string>> = {
  '/bin': 'usr/bin',
  '/sbin': 'usr/sbin',
  '/lib': 'usr/lib',
  '/lib64': 'usr/lib64',
  '/var/run': '../run',
  '/etc/localtime': '../usr/share/zoneinfo/UTC',
};

const devices = [
  'null',
  'zero',
  'console',
  'kmsg',
  'tty',
  'ttyS0',
  'random',
  'urandom',
  'stdout',
  'stderr',
];

const release = 'Amazon Linux release 2023.8.20250707 (Amazon Linux)';

const files: Readonly<Record<string, string>> = {
  '/etc/os-release': [
    'NAME="Amazon Linux"',
    'VERSION="2023"',
    'ID="amzn"',
    'ID_LIKE="fedora"',
    'VERSION_ID="2023"',
    'PLATFORM_ID="platform:al2023"',
    'PRETTY_NAME="Amazon Linux 2023.8.20250707"',
    'CPE_NAME="cpe:2.3:o:amazon:amazon_linux:2023"',
    '',
  ].join('\n'),
  '/etc/system-release': `${release}\n`,
  '/etc/amazon-linux-release': `${release}\n`,
  '/etc/hostname': 'localhost\n',
  '/etc/hosts': '127.0.0.1 localhost localhost.localdomain localhost4\n::1 localhost6\n',
  '/etc/passwd': [
    'root:x:0:0:root:/root:/bin/bash',
    'bin:x:1:1:bin:/bin:/sbin/nologin',
    'nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin',
    'sshd:x:74:74:Privilege-separated SSH:/usr/share/empty.sshd:/sbin/nologin',
    'ec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash',
    '',
  ].join('\n'),
  '/etc/group': 'root:x:0:\nbin:x:1:\nwheel:x:10:ec2-user\nnobody:x:65534:\nec2-user:x:1000:\n',
  '/etc/shadow': 'root:*:19000:0:99999:7:::\nec2-user:!!:19000:0:99999:7:::\n',
  '/etc/sysctl.conf': '',
  '/etc/sysctl.d/99-amazon.conf': '',
  '/etc/fstab': 'UUID=00000000-0000-0000-0000-000000000000 / xfs defaults,noatime 1 1\n',
  '/etc/resolv.conf': 'nameserver 10.0.0.2\n',
  '/etc/motd': '',
  '/etc/issue': '\\S\nKernel \\r on an \\m\n',
  '/etc/profile': '',
  '/etc/bashrc': '',
  '/etc/environment': '',
  '/etc/crontab': '',
  '/etc/sudoers': 'root ALL=(ALL) ALL\n%wheel ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n',
  '/etc/sudoers.d/90-cloud-init-users': 'ec2-user ALL=(ALL) NOPASSWD:ALL\n',
  '/etc/security/limits.conf': '',
  '/etc/systemd/journald.conf': '[Journal]\n#Storage=auto\n',
  '/etc/systemd/system.conf': '[Manager]\n',
  '/etc/yum.repos.d/amazonlinux.repo':
    '[amazonlinux]\nname=Amazon Linux 2023 repository\nenabled=1\n',
  '/etc/dnf/dnf.conf': '[main]\ngpgcheck=1\n',
  '/etc/selinux/config': 'SELINUX=permissive\nSELINUXTYPE=targeted\n',
  '/etc/image-id': 'image_name="al2023-ami"\nimage_version="2023"\n',
  '/home/ec2-user/.ssh/authorized_keys': '',
};

function buildLayer(options: BaseImage): BaseLayer {
  const entries = new Map<string, Entry>();
  const directory = (path: string): void => {
    if (entries.has(path)) return;
    if (path !== '/') directory(parentOf(path));
    entries.set(path, { kind: 'directory', mode: path === '/tmp' ? 0o1777 : 0o755, at: builtAt });
  };
  const link = (path: string, target: string): void => {
    directory(parentOf(path));
    entries.set(path, { kind: 'symlink', target, at: builtAt });
  };
  const file = (path: string, text: string, mode = 0o644): void => {
    directory(parentOf(path));
    entries.set(path, { kind: 'file', bytes: encoder.encode(text), mode, at: builtAt });
  };
  for (const path of directories) directory(path);
  for (const [path, target] of Object.entries(links)) link(path, target);
  for (const name of devices)
    entries.set(`/dev/${name}`, { kind: 'device', mode: 0o666, at: builtAt });
  for (const [path, text] of Object.entries(files)) file(path, text);
  for (const name of [...interpreterCommands, ...modelCommands, ...commandsWithoutEffect])
    if (!packageExecutables.has(`/usr/bin/${name}`))
      file(`/usr/bin/${name}`, executableStub(name), 0o755);
  for (const name of systemCommands) link(`/usr/sbin/${name}`, `../bin/${name}`);
  for (const name of [...basePackages(options.ecsOptimized), ...Object.keys(packagesWithoutFiles)])
    for (const made of packageEntries(name)) {
      if (made.text === undefined) directory(made.path);
      else file(made.path, made.text, made.mode);
    }
  // Source: scripts/install-docker.sh of aws/amazon-ecs-ami.
  if (options.ecsOptimized) file('/etc/docker/daemon.json', '{\n    "userland-proxy": false\n}\n');
  const enabled = [...(options.ecsOptimized ? ecsOptimizedEnabled : [])];
  for (const name of basePackages(options.ecsOptimized))
    enabled.push(...(ownMember(knownPackages, name)?.enabled ?? []));
  for (const unit of enabled) {
    const target = wantedBy(entries, unit);
    link(`/etc/systemd/system/${target}.wants/${unit}`, `/usr/lib/systemd/system/${unit}`);
  }
  return baseLayer(options.architecture, entries);
}

const packageExecutables = new Set(
  Object.values(knownPackages).flatMap(({ executables }) => executables ?? []),
);

function wantedBy(entries: ReadonlyMap<string, Entry>, unit: string): string {
  const entry = entries.get(`/usr/lib/systemd/system/${unit}`);
  const text = entry?.kind === 'file' ? new TextDecoder().decode(entry.bytes) : '';
  return /^WantedBy=(\S+)/m.exec(text)?.[1] ?? 'multi-user.target';
}

export interface PackageEntry {
  readonly path: string;
  /** Absent for a directory. */
  readonly text?: string;
  readonly mode?: number;
}

/** What the installation of a package puts into the file tree, its record included. */
export function packageEntries(name: string): readonly PackageEntry[] {
  const facts = ownMember(knownPackages, name);
  const version = facts?.version ?? ownMember(packagesWithoutFiles, name) ?? '1.0-1.amzn2023';
  return [
    { path: `${packageRecordFolder}/${name}`, text: `${version}\n` },
    ...(facts?.directories ?? []).map((path) => ({ path })),
    ...Object.entries(facts?.files ?? {}).map(([path, text]) => ({ path, text })),
    ...(facts?.executables ?? []).map((path) => ({
      path,
      text: executableStub(path.slice(path.lastIndexOf('/') + 1)),
      mode: 0o755,
    })),
  ];
}
