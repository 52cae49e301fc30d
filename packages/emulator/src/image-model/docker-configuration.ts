import type { ImageContents } from './contents.ts';
import { FileTree } from './file-tree.ts';

export interface DockerConfiguration {
  /** Whether the daemon accepts its configuration; if not, the unit fails. */
  readonly valid: boolean;
  /** Why not. */
  readonly reason?: string;
  /** The log driver of containers that name none. */
  readonly logDriver: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export const dockerConfigurationFile = '/etc/docker/daemon.json';

/** Source: docs.docker.com, dockerd: "log-driver" is json-file unless configured. */
const defaultLogDriver = 'json-file';

/** Options that clash with flags of the unit's command line stop the daemon. Source: docs.docker.com, daemon.json. */
const setByUnit = ['hosts', 'containerd', 'default-ulimits'];

/** Source: docs.docker.com, dockerd, "Daemon configuration file". Anything else stops the daemon. */
const knownOptions = new Set([
  'allow-nondistributable-artifacts', 'api-cors-header', 'authorization-plugins', 'bip', 'bridge', 'builder',
  'cgroup-parent', 'containerd', 'containerd-namespace', 'containerd-plugins-namespace', 'cpu-rt-period',
  'cpu-rt-runtime', 'data-root', 'debug', 'default-address-pools', 'default-cgroupns-mode', 'default-gateway',
  'default-gateway-v6', 'default-ipc-mode', 'default-network-opts', 'default-runtime', 'default-shm-size',
  'default-ulimits', 'dns', 'dns-opts', 'dns-search', 'exec-opts', 'exec-root', 'experimental', 'features',
  'fixed-cidr', 'fixed-cidr-v6', 'group', 'host-gateway-ip', 'hosts', 'http-proxy', 'https-proxy', 'no-proxy',
  'proxies', 'icc', 'init', 'init-path', 'insecure-registries', 'ip', 'ip-forward', 'ip-masq', 'ip6tables', 'iptables',
  'ipv6', 'labels', 'live-restore', 'log-driver', 'log-format', 'log-level', 'log-opts', 'max-concurrent-downloads',
  'max-concurrent-uploads', 'max-download-attempts', 'metrics-addr', 'mtu', 'network-control-plane-mtu',
  'no-new-privileges', 'node-generic-resources', 'oom-score-adjust', 'pidfile', 'raw-logs', 'registry-mirrors',
  'rootless', 'runtimes', 'seccomp-profile', 'selinux-enabled', 'shutdown-timeout', 'storage-driver', 'storage-opts',
  'swarm-default-advertise-addr', 'tls', 'tlscacert', 'tlscert', 'tlskey', 'tlsverify', 'userland-proxy',
  'userland-proxy-path', 'userns-remap', 'validate', 'default-network-opt', 'exec-opt', 'cdi-spec-dirs',
]); // prettier-ignore

export const dockerConfiguration = (contents: ImageContents): DockerConfiguration =>
  readDockerConfiguration(new FileTree(contents, 0));

export function readDockerConfiguration(tree: FileTree): DockerConfiguration {
  const text = tree.text(dockerConfigurationFile);
  if (text === undefined || text.trim() === '')
    return { valid: true, logDriver: defaultLogDriver, options: {} };
  const options = jsonObject(text);
  if (typeof options === 'string')
    return { valid: false, reason: options, logDriver: defaultLogDriver, options: {} };
  const driver = options['log-driver'];
  const reason = refusal(options);
  return {
    valid: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    logDriver: typeof driver === 'string' ? driver : defaultLogDriver,
    options,
  };
}

function refusal(options: Readonly<Record<string, unknown>>): string | undefined {
  const names = Object.keys(options);
  const unknown = names.find((name) => !knownOptions.has(name));
  if (unknown !== undefined)
    return `the following directives don't match any configuration option: ${unknown}`;
  const twice = names.find((name) => setByUnit.includes(name));
  if (twice !== undefined)
    return `the following directives are specified both as a flag and in the configuration file: ${twice}`;
  const driver = options['log-driver'];
  if (driver !== undefined && typeof driver !== 'string') return 'log-driver is no string';
  if (driver !== undefined && !logDrivers.has(driver))
    return `failed to set log opts: logger: no log driver named '${driver}' is registered`;
  return undefined;
}

/** Source: docs.docker.com, "Configure logging drivers". */
const logDrivers = new Set([
  'none', 'local', 'json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'etwlogs', 'gcplogs',
]); // prettier-ignore

function jsonObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return 'no JSON object';
    return Object.fromEntries(Object.entries(value));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
