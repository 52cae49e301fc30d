import {
  asksStatus,
  cancels,
  deliversByGroupPolicy,
  goesBackLate,
  grants,
  moves,
  rollsBack,
  type FleetScenario,
} from './fleet-scenarios.ts';
import {
  asksOutside,
  misusesHandlerRole,
  refusesOtherEvents,
  refusesOtherKeyUsers,
  refusesOtherRoles,
  refusesOtherSenders,
  refusesOutsiders,
} from './refusal-scenarios.ts';
import {
  cannotReportLateRollbacks,
  halts,
  haltsUnderWrongStable,
  revokes,
  revokesSecond,
  rollsOut,
  takesOver,
  takesOverAfterStable,
  type RolloutScenario,
} from './rollout-scenarios.ts';
import {
  asksDaily,
  builds,
  cancelsWrongBuild,
  cannotAskDaily,
  cannotQueueUploads,
  cannotReportCancellations,
  cannotReportImages,
  meetsRecipe,
  encrypts,
  encryptsByDefault,
  fails,
  hearsCancellation,
  raisesAlarm,
  readsDeleted,
  type InfraScenario,
} from './scenarios.ts';
import type { Site } from './sites.ts';

export type Scenario = InfraScenario | FleetScenario | RolloutScenario;

const policiesOf = (name: string): string => `${name}HandlerExecutionRole/Policies`;
const [startBuild, fanOut, acquireLine, steerTarget, finishRollout, revokeImage] = [
  'StartBuild',
  'FanOut',
  'AcquireLine',
  'SteerTarget',
  'FinishRollout',
  'RevokeImage',
].map(policiesOf) as [string, string, string, string, string, string];
const reachRole = 'ReachAccountHandlerExecutionRole';
const handlerRole = 'workload:WorkloadHandlerExecutionRole';
const queuePolicy = (name: string, sid: string): string => `${name}Policy/PolicyDocument/${sid}`;

/** The shortest scenario for each statement, by the beginning of its site's id; what all others have is said below. */
const special: readonly (readonly [prefix: string, scenario: Scenario])[] = [
  [`${startBuild}/TellGoneFromForbidden`, readsDeleted],
  [`${startBuild}/PublishNotices`, readsDeleted],
  [`${startBuild}/EncryptNotices`, readsDeleted],
  [`${startBuild}/CancelWrongBuild`, cancelsWrongBuild],
  [`${startBuild}/ReadParentRootDevice`, encrypts],
  [`${startBuild}/MakeRecipes/imagebuilder:GetImageRecipe`, meetsRecipe],
  [`${startBuild}/ReadEbsEncryptionDefaults/ec2:GetEbsDefaultKmsKeyId`, encryptsByDefault],
  ['ParentWatchingSenderRole/Policies/KeepUndelivered', cannotAskDaily],
  ['ParentWatchingSenderRole/', asksDaily],
  ['TopicsKey/KeyPolicy/AlarmsEncryptNotices', raisesAlarm],
  ['TopicsNoticesPolicy/PolicyDocument/AlarmsPublish', raisesAlarm],
  [queuePolicy('TriggerFailuresQueue', 'Undelivered'), cannotQueueUploads],
  [queuePolicy('FanOutFailuresQueue', 'UndeliveredImages'), cannotReportImages],
  [queuePolicy('FanOutFailuresQueue', 'UndeliveredCancellations'), cannotReportCancellations],
  [`${fanOut}/ReadBuildLog`, fails],
  [`${fanOut}/StartRollout`, rollsOut],
  [`${fanOut}/UseStateTable/dynamodb:PutItem`, rollsOut],
  ['FanOutCancellationsPermission/', hearsCancellation],
  [`${acquireLine}/MoveStable/ssm:PutParameter`, takesOverAfterStable],
  ...['MoveStable', 'PublishNotices', 'EncryptNotices', 'SeeWhetherHolderRuns'].map(
    (sid): [string, Scenario] => [`${acquireLine}/${sid}`, takesOver],
  ),
  [`${steerTarget}/UseStateTable/dynamodb:UpdateItem`, halts],
  [`${finishRollout}/MoveStable/ssm:DeleteParameter`, haltsUnderWrongStable],
  [queuePolicy('RevokeImageFailuresQueue', 'Undelivered'), cannotReportLateRollbacks],
  [`${revokeImage}/MoveStable/ssm:PutParameter`, revokesSecond],
  ['RevokeImage', revokes],
  ['InfraBusPolicy/', revokes],
  [`${handlerRole}/Policies/TellInfra`, revokes],
  [`${reachRole}/`, moves],
  ['workload:EcsErrorsLog/', deliversByGroupPolicy],
  [`${handlerRole}/Policies/ReadImagesAndTemplates/ec2:DescribeInstances`, asksStatus],
  [`${handlerRole}/Policies/MoveGroups/autoscaling:RollbackInstanceRefresh`, rollsBack],
  [`${handlerRole}/Policies/MoveGroups/autoscaling:CancelInstanceRefresh`, cancels],
  [`${handlerRole}/Policies/GrantKeysToAutoScaling`, grants],
  ['workload:LateRollbackPermission/', goesBackLate],
];

/** What would be let in without a condition. */
const refusals: readonly (readonly [prefix: string, scenario: Scenario])[] = [
  [`${reachRole}/`, asksOutside],
  ['workload:InvokerRole/AssumeRolePolicyDocument/0/ArnEquals', refusesOtherRoles],
  ['workload:InvokerRole/AssumeRolePolicyDocument/0/StringEquals', refusesOutsiders],
  ['workload:', misusesHandlerRole],
  ['InfraBusPolicy/', refusesOtherEvents],
  ['TopicsKey/', refusesOtherKeyUsers],
];

/** Only a rollout uses these. */
const rolloutOnly =
  /^(AcquireLine|ListTargets|SteerTarget|PlanRollout|GateWave|JudgeWave|FinishRollout|RolloutMachine)/;

const usual = ({ id }: Site): Scenario => {
  if (id.startsWith('workload:')) return moves;
  return rolloutOnly.test(id) ? rollsOut : builds;
};

export function scenarioFor(site: Site): Scenario {
  const isOf = ([prefix]: readonly [string, Scenario]): boolean => site.id.startsWith(prefix);
  if (site.takes === 'condition') return refusals.find(isOf)?.[1] ?? refusesOtherSenders;
  return special.find(isOf)?.[1] ?? usual(site);
}
