/** Tag keys on an Auto Scaling group. Tags that are gone mean that nothing is known: never a guess. */
export const groupTags = {
  /** The line that the group is enrolled in. */
  line: 'golden:line',
  /** What the group ran before the last refresh of ours; see {@link formatLastGood}. */
  lastGood: 'golden:last-good',
  /** The rollout that moved it last. */
  rollout: 'golden:rollout',
  /** `<rollout id> <last good>` of the move before, for as long as that move's image may still have to be left. */
  before: 'golden:before',
  /** The ECS cluster that its instances register with. */
  cluster: 'golden:cluster',
  /** `<rollout id> <reason>`: a way back that we began ourselves. */
  rollback: 'golden:rollback',
} as const;

/** A launch template as a group names it: `version` is a number in text, `$Latest` or `$Default`. */
export interface TemplateReference {
  templateId: string;
  version: string;
}

/** What one numbered version of a launch template launches. */
export interface TemplateVersion {
  templateId: string;
  version: number;
  isDefault: boolean;
  /** Empty when the version names none. */
  description: string;
  /** An AMI id, or `resolve:ssm:...`; empty when the version names none. */
  image: string;
  /** It chooses instance types by attributes. */
  hasRequirements: boolean;
  /** Sizes that the version asks for, in GiB, by device name. */
  volumeGib: Readonly<Record<string, number>>;
}

export interface GroupInstance {
  instanceId: string;
  /** AWS's own word, e.g. `InService`, `Pending:Wait`. */
  lifecycleState: string;
  /** Undefined for an instance that was launched from something else. */
  launchedFrom: { templateId: string; version: number } | undefined;
}

/** Statuses of an instance refresh, verbatim. Source: API reference, InstanceRefresh. */
export const refreshStatuses = [
  'Pending',
  'InProgress',
  'Baking',
  'Cancelling',
  'RollbackInProgress',
  'Successful',
  'Failed',
  'Cancelled',
  'RollbackSuccessful',
  'RollbackFailed',
] as const;
export type RefreshStatus = (typeof refreshStatuses)[number];

export interface InstanceRefresh {
  id: string;
  status: RefreshStatus;
  statusReason: string;
  percentageComplete: number;
  /** Milliseconds since 1970; undefined while it goes on. */
  endedAtMs: number | undefined;
  /** The main launch template of its desired configuration. */
  desired: TemplateReference | undefined;
  rollbackReason: string | undefined;
}

const activeStatuses: readonly RefreshStatus[] = [
  'Pending',
  'InProgress',
  'Baking',
  'Cancelling',
  'RollbackInProgress',
];

export const isActive = ({ status }: InstanceRefresh): boolean => activeStatuses.includes(status);

/** One Auto Scaling group as it is configured now. */
export interface Group {
  name: string;
  /** Desired capacity. */
  size: number;
  /**
   * `templates`: launch templates with versions. The rest cannot be moved by a version: a launch configuration, instance
   * types chosen by attributes, images named in the overrides, one template in several versions.
   */
  launch:
    | 'templates'
    | 'launch-configuration'
    | 'attribute-based-selection'
    | 'image-overrides'
    | 'mixed-versions';
  /** The main template first, then those of overrides; each template once. */
  templates: readonly TemplateReference[];
  instances: readonly GroupInstance[];
  tags: Readonly<Record<string, string>>;
  suspendedProcesses: readonly string[];
  /** The group's default instance warm-up, else its health check grace period. */
  warmupSeconds: number;
  /** It has bounds of its own for how much of it may be replaced at once. */
  hasMaintenancePolicy: boolean;
  isBeingDeleted: boolean;
  serviceLinkedRoleArn: string;
}

/** A machine image as this account sees it. */
export interface VisibleImage {
  ami: string;
  name: string;
  owner: string;
  /** AWS's own word: `available`, `pending`, `disabled`, ... */
  state: string;
  /** False under a setting that allows other providers only. */
  isAllowed: boolean;
  architecture: string;
  bootMode: string;
  rootDeviceName: string;
  rootVolumeGib: number;
  isEncrypted: boolean;
}
