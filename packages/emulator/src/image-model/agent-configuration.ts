import { FileTree } from './file-tree.ts';
import type { ImageContents } from './contents.ts';

export interface EcsAgentConfiguration {
  /** The cluster that an instance registers with. */
  readonly cluster: string;
  /** In the order of the configuration; unknown names are kept. */
  readonly loggingDrivers: readonly string[];
  /** Custom attributes, from ECS_INSTANCE_ATTRIBUTES. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Every variable as the agent sees it: the defaults of ecs-init below, the files' lines above. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Source: ecs-init/docker/docker.go and docker_config.go of aws/amazon-ecs-agent (what ecs-init sets by itself). */
const initDefaults: Readonly<Record<string, string>> = {
  ECS_AVAILABLE_LOGGING_DRIVERS: '["json-file","syslog","awslogs","fluentd","none"]',
  ECS_ENABLE_TASK_IAM_ROLE: 'true',
  ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
  ECS_ENABLE_TASK_ENI: 'true',
  ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE: 'true',
  ECS_VOLUME_PLUGIN_CAPABILITIES: '["efsAuth"]',
};

/** The agent's own default, for a list that cannot be read. Source: README of aws/amazon-ecs-agent. */
const agentLoggingDrivers = ['json-file', 'none'];
/** Source: README of aws/amazon-ecs-agent. */
const defaultCluster = 'default';

/** What ecs-init reads, in this order; later files and later lines win. Source: ecs-init/config/common.go. */
const configurationFiles = ['/var/lib/ecs/ecs.config', '/etc/ecs/ecs.config'];

export function ecsAgentConfiguration(contents: ImageContents): EcsAgentConfiguration {
  const tree = new FileTree(contents, 0);
  const variables: Record<string, string> = { ...initDefaults };
  for (const path of configurationFiles) readLines(tree.text(path) ?? '', variables);
  const drivers = stringList(variables['ECS_AVAILABLE_LOGGING_DRIVERS'] ?? '');
  return {
    cluster: (variables['ECS_CLUSTER'] ?? '') || defaultCluster,
    loggingDrivers: drivers ?? agentLoggingDrivers,
    attributes: stringRecord(variables['ECS_INSTANCE_ATTRIBUTES'] ?? ''),
    variables,
  };
}

/** As ecs-init: lines are trimmed and cut at the first equals sign; quotes stay part of the value. */
function readLines(text: string, variables: Record<string, string>): void {
  for (const line of text.trim().split('\n')) {
    const trimmed = line.trim();
    const equals = trimmed.indexOf('=');
    if (equals < 0) continue;
    variables[trimmed.slice(0, equals)] = trimmed.slice(equals + 1);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stringList(text: string): readonly string[] | undefined {
  const value = parsed(text);
  if (!Array.isArray(value)) return undefined;
  const list = value.filter((item): item is string => typeof item === 'string');
  return list.length === value.length && list.length > 0 ? list : undefined;
}

function stringRecord(text: string): Record<string, string> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Source: agent/dockerclient/logging_drivers.go of aws/amazon-ecs-agent; other names are not registered. */
const knownLoggingDrivers = new Set([
  'json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'logentries', 'sumologic', 'none',
]); // prettier-ignore

/** Remote API versions of Docker 25. Source: agent/dockerclient/versionsupport_unix.go. */
const dockerApiMinorFirst = 17;
const dockerApiMinorLast = 44;

/** Source: nameOnlyAttributes and the unconditional ones in agent/app/agent_capability.go. */
const unconditional = [
  'private-registry-authentication.secretsmanager', 'secrets.ssm.environment-variables',
  'secrets.ssm.bootstrap.log-driver', 'ecr-endpoint', 'secrets.asm.environment-variables',
  'secrets.asm.bootstrap.log-driver', 'container-ordering', 'full-sync', 'env-files.s3', 'network.container-port-range',
  'container-restart-policy', 'execution-role-ecr-pull', 'docker-plugin.local', 'pid-ipc-namespace-sharing',
  'aws-appmesh', 'task-eia', 'firelens.fluentd', 'firelens.fluentbit', 'firelens.options.config.file',
  'firelens.options.config.s3', 'efs', 'execute-command',
]; // prettier-ignore

/**
 * The attributes without value that the agent of an instance with this configuration registers: its capabilities.
 * Source: agent/app/agent_capability.go of aws/amazon-ecs-agent. An instance without agent has none.
 */
export function ecsAgentCapabilities(contents: ImageContents): readonly string[] {
  const { variables, loggingDrivers } = ecsAgentConfiguration(contents);
  const on = (key: string, byDefault: boolean): boolean => booleanOf(variables[key], byDefault);
  const old = (name: string): string => `com.amazonaws.ecs.capability.${name}`;
  const recent = (name: string): string => `ecs.capability.${name}`;
  const found = unconditional.map(recent);
  if (!on('ECS_DISABLE_PRIVILEGED', false)) found.push(old('privileged-container'));
  for (let minor = dockerApiMinorFirst; minor <= dockerApiMinorLast; minor += 1)
    found.push(old(`docker-remote-api.1.${minor}`));
  for (const driver of loggingDrivers)
    if (knownLoggingDrivers.has(driver)) found.push(old(`logging-driver.${driver}`));
  found.push(old('logging-driver.awsfirelens'), old('ecr-auth'));
  if (on('ECS_SELINUX_CAPABLE', false)) found.push(old('selinux'));
  if (on('ECS_APPARMOR_CAPABLE', false)) found.push(old('apparmor'));
  if (on('ECS_ENABLE_TASK_IAM_ROLE', false)) found.push(old('task-iam-role'));
  if (on('ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST', false))
    found.push(old('task-iam-role-network-host'));
  if (on('ECS_ENABLE_TASK_CPU_MEM_LIMIT', true))
    found.push(recent('task-cpu-mem-limit'), recent('increased-task-cpu-limit'));
  if (on('ECS_ENABLE_TASK_ENI', true)) {
    found.push(recent('task-eni'));
    if (on('ECS_AWSVPC_BLOCK_IMDS', false)) found.push(recent('task-eni-block-instance-metadata'));
  }
  if (on('ECS_ENABLE_HIGH_DENSITY_ENI', true)) found.push(recent('task-eni-trunking'));
  if (!on('ECS_DISABLE_DOCKER_HEALTH_CHECK', false)) found.push(recent('container-health-check'));
  if (on('ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE', false))
    found.push(recent('execution-role-awslogs'));
  for (const name of stringList(variables['ECS_VOLUME_PLUGIN_CAPABILITIES'] ?? '') ?? [])
    found.push(recent(name));
  return [...new Set(found)].sort();
}

/** As Go's strconv.ParseBool; what it does not know leaves the default. */
function booleanOf(text: string | undefined, byDefault: boolean): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(text ?? '')) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text ?? '')) return false;
  return byDefault;
}
