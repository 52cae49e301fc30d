import type { World } from '@golden/emulator';
import { FleetStage } from '@golden/stage/fleet-stage.ts';
import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';
import type { FleetScenario } from './fleet-scenarios.ts';
import { justified } from './justified.ts';
import { scenarioFor, type Scenario } from './scenarios.ts';
import { policySites, type Site } from './sites.ts';

/** The codes with which services say no; EventBridge's and Scheduler's own word for it is the last. */
const denials = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'KMSAccessDenied',
  'UnauthorizedOperation',
  'NO_PERMISSIONS',
]);

interface Observation {
  /** What was refused, as `caller service:operation resource`. */
  readonly refused: ReadonlySet<string>;
  /** What was let in that has to be kept out. */
  readonly letIn: readonly string[];
  /** Why a stack did not come to be: services check roles and policies when a resource is made. */
  readonly deployFailure: string | undefined;
}

/** Deploys a template, runs a scenario on it and notes what was refused on the way. */
const observe = (template: string, scenario: Scenario): Promise<Observation> =>
  scenario.on === 'infra' ? observeInfra(template, scenario) : observeFleet(template, scenario);

const settings = { duplicateShare: 0 };

async function observeInfra(
  template: string,
  scenario: Scenario & { on: 'infra' },
): Promise<Observation> {
  const stage = await InfraStage.open({ settings });
  const refused = noteRefusals(stage.world);
  const { StackStatus } = await stage.deploy(template);
  if (StackStatus !== 'CREATE_COMPLETE')
    return { refused, letIn: [], deployFailure: (await stage.failures()).at(-1) ?? StackStatus };
  await stage.confirmNotices();
  await unlessRefused(scenario.run(stage), refused);
  return { refused, letIn: [], deployFailure: undefined };
}

/** The same with the organization. */
async function observeFleet(template: string, scenario: FleetScenario): Promise<Observation> {
  const stage = await FleetStage.open({
    otherRegions: [],
    settings: { ...settings, ...scenario.settings },
  });
  const refused = noteRefusals(stage.world);
  stage.infra.template = template;
  const deployFailure = await stage.deploy(scenario.parameters).then(() => undefined, String);
  if (deployFailure !== undefined) return { refused, letIn: [], deployFailure };
  const failed = (await stage.stackInstances()).find(({ Status }) => Status !== 'CURRENT');
  if (failed) return { refused, letIn: [], deployFailure: failed.StatusReason ?? 'it failed' };
  const letIn = await unlessRefused(scenario.run(stage, template), refused);
  return { refused, letIn: letIn ?? [], deployFailure };
}

function noteRefusals(world: World): ReadonlySet<string> {
  const refused = new Set<string>();
  world.journal.onEntry(({ error, by, service, name, detail }) => {
    const code = error ?? detail['error'] ?? detail['code'];
    if ((typeof code === 'string' && denials.has(code)) || name === 'agent-refused')
      if (!isAgentOfBuild(service, by))
        refused.add(withoutIds(`${by ?? ''} ${service}:${name} ${subjectOf(detail)}`));
  });
  return refused;
}

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
const unlessRefused = <T>(run: Promise<T>, refused: ReadonlySet<string>): Promise<T | undefined> =>
  run.catch((error: unknown) => {
    if (refused.size === 0) throw error;
    return undefined;
  });

type Verdict = 'noticed' | 'justified' | 'NOT NOTICED' | 'JUSTIFIED, BUT NOTICED';

/** What a refusal was about; services name it differently. */
const subjectOf = (detail: Readonly<Record<string, unknown>>): string =>
  [detail['resource'], detail['target'], detail['action']].find(
    (value) => typeof value === 'string',
  ) ?? '';

const reasonFor = (site: Site): string | undefined =>
  Object.entries(justified).find(([end]) => site.id.endsWith(end))?.[1];

function judge(site: Site, isNoticed: boolean): Verdict {
  const isJustified = reasonFor(site) !== undefined;
  if (isNoticed) return isJustified ? 'JUSTIFIED, BUT NOTICED' : 'noticed';
  return isJustified ? 'justified' : 'NOT NOTICED';
}

/** What shows that something was taken away. */
const evidenceOf = (
  { takes }: Site,
  before: Observation,
  after: Observation,
): string | undefined =>
  takes === 'condition'
    ? after.letIn.at(0)
    : ([...after.refused].find((call) => !before.refused.has(call)) ?? after.deployFailure);

const evidenceLengthMax = 200;
const oneLine = (text: string): string => text.replaceAll('\n', ' ').slice(0, evidenceLengthMax);

/** Takes each site away in turn; a filter picks those whose id holds it. */
async function mutatePolicies(filter: string | undefined): Promise<number> {
  const template = readInfraTemplate();
  const sites = policySites(template).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const whole = new Map<string, Observation>();
  const gone = Object.keys(justified).filter((end) => !sites.some(({ id }) => id.endsWith(end)));
  if (filter === undefined && gone.length > 0)
    throw new Error(`justified and no longer there: ${gone.join(', ')}`);
  let failures = 0;
  for (const site of sites) {
    const scenario = scenarioFor(site);
    const before = whole.get(scenario.name) ?? (await observe(template, scenario));
    whole.set(scenario.name, before);
    if (before.deployFailure !== undefined)
      throw new Error(`the whole template does not deploy: ${before.deployFailure}`);
    if (before.letIn.length > 0)
      throw new Error(`the whole template lets in: ${before.letIn.join(', ')}`);
    const after = await observe(site.without(template), scenario);
    const evidence = evidenceOf(site, before, after);
    const verdict = judge(site, evidence !== undefined);
    if (verdict === 'NOT NOTICED' || verdict === 'JUSTIFIED, BUT NOTICED') failures += 1;
    console.log(
      `${verdict.padEnd(10)} ${site.id}  [${scenario.name}]  ${oneLine(evidence ?? reasonFor(site) ?? '')}`,
    );
  }
  console.log(
    `mutate-policies: ${sites.length - failures} of ${sites.length} rights and conditions are needed or justified`,
  );
  return failures === 0 && sites.length > 0 ? 0 : 1;
}

process.exitCode = await mutatePolicies(process.argv[2]);
