import type {
  Group,
  GroupInstance,
  InstanceRefresh,
  TemplateVersion,
  VisibleImage,
} from '@golden/shared/model/group.ts';
import { rolloutMarker } from '@golden/shared/model/rollout-marker.ts';
import type { Surroundings } from './decide/assess-group.ts';
import type { GroupFacts, Rollout } from './decide/facts.ts';

/** Builders for tests: a good example of each fact, changed where the test says so. */

export const oldAmi = 'ami-00000000000000001';
export const newAmi = 'ami-00000000000000002';
export const aTemplate = 'lt-00000000000000001';
export const aRollout: Rollout = { rolloutId: 'golden-1-0-2-1', ami: newAmi };

export const aVersion = (changes: Partial<TemplateVersion> = {}): TemplateVersion => ({
  templateId: aTemplate,
  version: 3,
  isDefault: false,
  description: '',
  image: oldAmi,
  hasRequirements: false,
  volumeGib: {},
  ...changes,
});

/** The version that the rollout made. */
export const ourVersion = (changes: Partial<TemplateVersion> = {}): TemplateVersion =>
  aVersion({ version: 4, image: newAmi, description: rolloutMarker(aRollout, 3), ...changes });

export const anInstance = (
  version: number,
  lifecycleState = 'InService',
  templateId = aTemplate,
): GroupInstance => ({
  instanceId: `i-${version}`,
  lifecycleState,
  launchedFrom: { templateId, version },
});

export const aGroup = (changes: Partial<Group> = {}): Group => ({
  name: 'web',
  size: 2,
  launch: 'templates',
  templates: [{ templateId: aTemplate, version: '3' }],
  instances: [anInstance(3), anInstance(3)],
  tags: { 'golden:line': 'golden' },
  suspendedProcesses: [],
  warmupSeconds: 0,
  hasMaintenancePolicy: false,
  isBeingDeleted: false,
  serviceLinkedRoleArn: 'arn:aws:iam::111122223333:role/aws-service-role/autoscaling',
  ...changes,
});

/** The refresh of {@link aRollout}. */
export const ourRefresh = (changes: Partial<InstanceRefresh> = {}): InstanceRefresh => ({
  id: 'refresh-1',
  status: 'InProgress',
  statusReason: '',
  percentageComplete: 50,
  endedAtMs: undefined,
  desired: { templateId: aTemplate, version: '4' },
  rollbackReason: undefined,
  ...changes,
});

export const facts = (changes: Partial<GroupFacts> = {}): GroupFacts => ({
  group: aGroup(),
  refreshes: [],
  versions: [aVersion()],
  ...changes,
});

export const anImage = (changes: Partial<VisibleImage> = {}): VisibleImage => ({
  ami: newAmi,
  name: 'golden 2026-11-21',
  owner: '999900001111',
  state: 'available',
  isAllowed: true,
  architecture: 'x86_64',
  bootMode: 'uefi-preferred',
  rootDeviceName: '/dev/xvda',
  rootVolumeGib: 30,
  isEncrypted: false,
  ...changes,
});

export const surroundings = (changes: Partial<Surroundings> = {}): Surroundings => ({
  line: 'golden',
  templateId: '',
  allowsUnreleased: false,
  image: anImage(),
  images: [anImage(), anImage({ ami: oldAmi })],
  block: undefined,
  ...changes,
});
