import { groupShapes, type GroupShape } from '@golden/stage/customer-template.ts';
import { Draw } from '@golden/stage/draw.ts';
import { faultKinds, type FaultKind, type FaultShares } from '@golden/stage/seeded-faults.ts';
import {
  isBadImage,
  strays,
  units,
  type AccountOfScenario,
  type Act,
  type ActKind,
  type DrawnOutage,
  type Fortune,
  type Scenario,
  type Shipment,
} from './scenario.ts';

export const homeRegion = 'eu-west-1';
const otherRegion = 'eu-central-1';

type World = Scenario['world'];

/** Everything of a seed: an organization, its parameters, its payloads, and what goes wrong. */
export function drawScenario(seed: number): Scenario {
  const draw = new Draw(`simulate ${seed}`);
  const otherRegions = draw.isTrue(0.3, 'second Region') ? [otherRegion] : [];
  const accounts = drawAccounts(draw, otherRegions);
  const shipments = drawShipments(draw);
  const world = drawWorld(draw);
  return {
    seed: String(seed),
    world,
    otherRegions,
    accounts,
    strays: draw.some(strays, 0.25, 'strays'),
    parameters: drawParameters(draw, shipments, world),
    canaries: draw.isTrue(0.4, 'canary') ? [draw.pick(accounts, 'which canary').name] : [],
    shipments,
    shares: drawShares(draw),
    outages: drawOutages(draw, accounts),
    acts: drawActs(draw, accounts),
    calm: draw.isTrue(0.3, 'calm before the last')
      ? 'before-last'
      : draw.between(20, 120, 'calm after'),
  };
}

function drawWorld(draw: Draw): World {
  return {
    pageSizeMax: draw.pick([2, 3, 100], 'page size'),
    duplicateShare: draw.pick([0, 0.05, 0.3, 1], 'duplicates'),
    lateShare: draw.pick([0, 0, 0.1, 0.4], 'late'),
    lateMsMax: draw.pick([5_000, 60_000, 150_000], 'how late'),
    lostEventShare: draw.pick([0, 0, 0.2, 1], 'lost events'),
    staleReadShare: draw.pick([0, 0.05, 0.5, 1], 'stale reads'),
    iamPropagationMs: draw.pick([0, 4_000, 8_000], 'IAM'),
    rollbackWhileBaking: draw.pick(['accepted', 'refused'] as const, 'baking'),
  };
}

/** Mostly small ones: a second account shows as much as a fourth, and costs less. */
function drawAccounts(draw: Draw, otherRegions: readonly string[]): AccountOfScenario[] {
  const count = Number(draw.weighted({ 1: 68, 2: 24, 3: 6, 4: 2 }, 'accounts'));
  return Array.from({ length: count }, (_, index) => ({
    name: `workload-${index + 1}`,
    unit: draw.isTrue(0.7, 'unit', index) ? units[0] : units[1],
    places: [homeRegion, ...otherRegions]
      .filter((region) => region === homeRegion || draw.isTrue(0.5, 'place', index, region))
      .map((region) => ({ region, shapes: drawShapes(draw, index, region) })),
  }));
}

function drawShapes(draw: Draw, account: number, region: string): GroupShape[] {
  const first = draw.weighted(
    { SingleGroup: 60, NumberedGroup: 10, LatestGroup: 10, MixedGroup: 10, ProviderGroup: 10 },
    'shape',
    account,
    region,
  );
  const second = draw.isTrue(0.1, 'two groups', account, region)
    ? [draw.pick(groupShapes, 'second shape', account, region)]
    : [];
  return groupShapes.filter((shape) => shape === first || second.includes(shape));
}

function drawShipments(draw: Draw): Shipment[] {
  const count = Number(draw.weighted({ 1: 86, 2: 12, 3: 2 }, 'shipments'));
  return Array.from({ length: count }, (_, index) => ({
    fortune: draw.weighted<Fortune>(
      {
        good: 44,
        late: 8,
        'places-nothing': 18,
        'registers-nowhere': 14,
        'fails-build': 5,
        'fails-test': 5,
        refused: 6,
      },
      'fortune',
      index,
    ),
    after: draw.isTrue(0.5, 'after rest', index) ? 'rest' : draw.between(1, 45, 'after', index),
  }));
}

function drawParameters(
  draw: Draw,
  shipments: readonly Shipment[],
  { lateShare = 0, lateMsMax = 0 }: Partial<World>,
): Readonly<Record<string, string>> {
  const hasBadImage = shipments.some(({ fortune }) => isBadImage(fortune));
  // A bad image that nobody watches is taken for a good one, and so is one whose errors come later than anybody looks: an event
  // may be late on its way to the bus and again on its way to the log.
  const lateSeconds = lateShare > 0 ? (2 * lateMsMax) / 1_000 : 0;
  const watched = draw.pick([120, 120, 300], 'bake') + lateSeconds;
  return {
    Waves: draw.pick(
      ['100%', '1,100%', '1,50%,100%', '2,100%', '50%,100%', '34%,67%,100%'],
      'waves',
    ),
    FailureBudget: String(draw.pick([0, 0, 0, 1, 2], 'budget')),
    WaveBakeMinutes: String(draw.pick([0, 0, 5, 20], 'wave bake')),
    InstanceWarmupSeconds: String(draw.pick([60, 60, 300], 'warm-up')),
    RegistrationGraceSeconds: String(draw.pick([120, 300, 600], 'grace')),
    BakeSeconds: String(hasBadImage ? watched : draw.pick([0, 0, 120], 'bake')),
    RolloutConcurrency: String(draw.pick([1, 2, 100], 'concurrency')),
    RefreshTimeoutMinutes: String(draw.pick([30, 60, 1440], 'refresh time-out')),
    RollbackTimeoutMinutes: String(draw.pick([10, 60, 240], 'rollback time-out')),
    LateRollbackWindowHours: String(draw.pick([24, 24, 1], 'late window')),
  };
}

const none: FaultShares = { delayed: 0, hung: 0, killed: 0, throttled: 0, failed: 0, lost: 0 };

function drawShares(draw: Draw): FaultShares {
  const mood = draw.weighted({ calm: 20, usual: 35, heavy: 20, single: 25 }, 'mood');
  switch (mood) {
    case 'calm':
      return none;
    case 'usual':
      return {
        delayed: 0.05,
        hung: 0.003,
        killed: 0.03,
        throttled: 0.02,
        failed: 0.02,
        lost: 0.01,
      };
    case 'heavy':
      return { delayed: 0.1, hung: 0.01, killed: 0.08, throttled: 0.06, failed: 0.06, lost: 0.03 };
    case 'single': {
      const kind = draw.pick(faultKinds, 'which fault');
      const most: Readonly<Record<FaultKind, number>> = {
        delayed: 0.6,
        hung: 0.05,
        killed: 0.25,
        throttled: 0.3,
        failed: 0.3,
        lost: 0.15,
      };
      return { ...none, [kind]: most[kind] * draw.pick([0.3, 1], 'how much') };
    }
    default:
      return mood satisfies never;
  }
}

const services = [
  'dynamodb',
  'sts',
  'lambda',
  'autoscaling',
  'ec2',
  'ecs',
  'sns',
  'ssm',
  's3',
  'cloudwatch',
  'cloudformation',
  'organizations',
  'states',
  'events',
] as const;

/** What changes something, one operation at a time: all else goes on. */
const writes = [
  { service: 'autoscaling', operation: 'StartInstanceRefresh' },
  { service: 'autoscaling', operation: 'CreateOrUpdateTags' },
  { service: 'autoscaling', operation: 'RollbackInstanceRefresh' },
  { service: 'ec2', operation: 'CreateLaunchTemplateVersion' },
  { service: 'dynamodb', operation: 'UpdateItem' },
  { service: 'dynamodb', operation: 'PutItem' },
  { service: 'sns', operation: 'Publish' },
  { service: 'ssm', operation: 'PutParameter' },
  { service: 'states', operation: 'StartExecution' },
  { service: 'events', operation: 'PutEvents' },
] as const;

function drawOutages(draw: Draw, accounts: readonly AccountOfScenario[]): DrawnOutage[] {
  const count = Number(draw.weighted({ 0: 60, 1: 28, 2: 12 }, 'outages'));
  return Array.from({ length: count }, (_, index) => ({
    ...(draw.isTrue(0.4, 'one operation', index)
      ? draw.pick(writes, 'operation', index)
      : { service: draw.pick(services, 'service', index) }),
    kind: draw.pick(['throttled', 'failed', 'lost'] as const, 'outage kind', index),
    ...(draw.isTrue(0.5, 'one account', index) && {
      account: draw.pick(accounts, 'outage account', index).name,
    }),
    fromMinutes: draw.between(0, 110, 'outage from', index),
    minutes: draw.pick([1, 4, 12, 40], 'outage length', index),
  }));
}

const actWeights: Readonly<Record<ActKind, number>> = {
  closes: 10,
  'leaves-unit': 12,
  'leaves-organization': 10,
  distrusts: 14,
  'deletes-invoker': 10,
  'deletes-stack-instance': 12,
  'suspends-launches': 12,
  'stops-execution': 10,
};

function drawActs(draw: Draw, accounts: readonly AccountOfScenario[]): Act[] {
  const count = Number(draw.weighted({ 0: 62, 1: 28, 2: 10 }, 'acts'));
  return Array.from({ length: count }, (_, index) => {
    const account = draw.pick(accounts, 'act account', index);
    return {
      kind: draw.weighted(actWeights, 'act', index),
      account: account.name,
      region: draw.pick(account.places, 'act region', index).region,
      minutes: draw.between(25, 110, 'act time', index),
    };
  }).toSorted((one, other) => one.minutes - other.minutes);
}
