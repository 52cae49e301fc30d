import type { JournalEntry, World } from '@golden/emulator';
import { FleetStage } from '@golden/stage/fleet-stage.ts';
import { InfraStage } from '@golden/stage/infra-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import type { FleetScenario } from './fleet-scenarios.ts';
import type { RolloutScenario } from './rollout-scenarios.ts';
import type { Scenario } from './scenario-for.ts';
import type { InfraScenario } from './scenarios.ts';

/** The codes with which services say no; EventBridge's and Scheduler's own word for it is the last. */
const denials = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'KMSAccessDenied',
  'UnauthorizedOperation',
  'NO_PERMISSIONS',
]);

export interface Observation {
  /** What was refused, as `caller service:operation resource`. */
  readonly refused: ReadonlySet<string>;
  /** What was let in that has to be kept out. */
  readonly letIn: readonly string[];
  /** Why a stack did not come to be: services check roles and policies when a resource is made. */
  readonly deployFailure: string | undefined;
}

/**
 * Deploys a template, runs a scenario on it and notes what was refused on the way.
 *
 * @param known what is refused with the whole template; anything else decides at once
 */
export async function observe(
  template: string,
  scenario: Scenario,
  known?: ReadonlySet<string>,
): Promise<Observation> {
  switch (scenario.on) {
    case 'infra':
      return observeInfra(template, scenario, known);
    case 'fleet':
      return observeFleet(template, scenario, known);
    case 'rollout':
      return observeRollout(template, scenario, known);
    default:
      return scenario satisfies never;
  }
}

/** What is refused with the whole template, if that is known yet. */
type Known = ReadonlySet<string> | undefined;

/** Whether something was refused that is let in with the whole template. */
const decides = (refused: ReadonlySet<string>, known: Known) => (): boolean =>
  known !== undefined && [...refused].some((call) => !known.has(call));

const settings = { duplicateShare: 0 };

async function observeInfra(
  template: string,
  scenario: InfraScenario,
  known: Known,
): Promise<Observation> {
  const stage = await InfraStage.open({ settings });
  const refused = noteRefusals(stage.world);
  const { StackStatus } = await stage.deploy(template);
  if (StackStatus !== 'CREATE_COMPLETE')
    return { refused, letIn: [], deployFailure: (await stage.failures()).at(-1) ?? StackStatus };
  await stage.confirmNotices();
  await unlessRefused(scenario.run(stage), decides(refused, known));
  return { refused, letIn: [], deployFailure: undefined };
}

/** The same with the organization. */
async function observeFleet(
  template: string,
  scenario: FleetScenario,
  known: Known,
): Promise<Observation> {
  const stage = await FleetStage.open({
    otherRegions: [],
    settings: { ...settings, ...scenario.settings },
  });
  const refused = noteRefusals(stage.world);
  stage.infra.template = template;
  const deployFailure = await failureOf(stage, stage.deploy(scenario.parameters));
  if (deployFailure !== undefined) return { refused, letIn: [], deployFailure };
  const letIn = await unlessRefused(scenario.run(stage, template), decides(refused, known));
  return { refused, letIn: letIn ?? [], deployFailure };
}

/** The same with rollouts switched on, and a group that they move. */
async function observeRollout(
  template: string,
  scenario: RolloutScenario,
  known: Known,
): Promise<Observation> {
  const stage = await RolloutStage.open({ otherRegions: [], settings });
  const refused = noteRefusals(stage.fleet.world);
  stage.fleet.infra.template = template;
  const parameters = { ...swiftRollout, ...scenario.parameters };
  const deployFailure = await failureOf(stage.fleet, stage.deploy(parameters));
  if (deployFailure !== undefined) return { refused, letIn: [], deployFailure };
  await stage.fleet.deployCustomer(stage.fleet.place('workload-1'), { shapes: ['SingleGroup'] });
  const isDecided = decides(refused, known);
  await unlessRefused(scenario.run(stage, isDecided), isDecided);
  return { refused, letIn: [], deployFailure };
}

const swiftRollout = { BakeSeconds: '0', WaveBakeMinutes: '0', Waves: '100%' };

/** Why a stack of the infra account or of a workload account did not come to be. */
async function failureOf(
  stage: FleetStage,
  deployment: Promise<void>,
): Promise<string | undefined> {
  const failure = await deployment.then(() => undefined, String);
  if (failure !== undefined) return failure;
  const failed = (await stage.stackInstances()).find(({ Status }) => Status !== 'CURRENT');
  return failed && (failed.StatusReason ?? 'it failed');
}

function noteRefusals(world: World): ReadonlySet<string> {
  const refused = new Set<string>();
  world.journal.onEntry((entry) => {
    const { by, service, name, detail } = entry;
    if (isRefusal(entry) && !isAgentOfBuild(service, by))
      refused.add(withoutIds(`${by ?? ''} ${service}:${name} ${subjectOf(detail)}`));
  });
  return refused;
}

function isRefusal({ error, service, name, detail }: JournalEntry): boolean {
  const code = error ?? detail['error'] ?? detail['code'];
  if (typeof code === 'string' && denials.has(code)) return true;
  switch (name) {
    case 'agent-refused':
      return true;
    case 'ListStackInstances':
      // Who may not list delegated administrators is told that he is none.
      return service === 'cloudformation' && error === 'ValidationError';
    case 'execution-status':
      // So ends an execution that may not start children; whatever else goes wrong is caught.
      return detail['status'] === 'FAILED';
    default:
      return false;
  }
}

/** What a refusal was about; services name it differently. */
const subjectOf = (detail: Readonly<Record<string, unknown>>): string =>
  [detail['resource'], detail['target'], detail['action'], detail['execution']].find(
    (value) => typeof value === 'string',
  ) ?? '';

/** Build instances run the ECS agent of their parent image; no cluster takes it, in time or not. */
const isAgentOfBuild = (service: string, by: string | undefined): boolean =>
  service === 'ecs' && by?.includes('ImageBuildInstanceRole') === true;

/** Names that CloudFormation makes up, and sessions, are others in every world. */
const withoutIds = (text: string): string =>
  text
    .replaceAll(/-[0-9A-Z]{12}(?![0-9A-Za-z])/g, '')
    .replaceAll(/(:assumed-role\/[^/ ]+)\/\S+/g, '$1')
    .replaceAll(/\b(i|ami|lt)-[0-9a-f]{8,17}\b/g, '$1');

/** A refused call may leave a scenario without what it waits for; what counts is what was refused. */
const unlessRefused = <T>(run: Promise<T>, isDecided: () => boolean): Promise<T | undefined> =>
  run.catch((error: unknown) => {
    if (!isDecided()) throw error;
    return undefined;
  });
