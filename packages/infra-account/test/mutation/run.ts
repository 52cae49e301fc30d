import { FleetStage } from '@golden/stage/fleet-stage.ts';
import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';
import { fleetScenarioFor, type FleetScenario } from './fleet-scenarios.ts';
import { justified } from './justified.ts';
import { scenarioFor, type Scenario } from './scenarios.ts';
import { statementSites, workloadSites, type Site } from './sites.ts';

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
  /** Why the stack did not come to be: services check roles and policies when a resource is made. */
  readonly deployFailure: string | undefined;
  /** What a target answered and what became of its groups, as text; undefined where no target is asked. */
  readonly outcome?: string | undefined;
}

/** Notes what is refused in a world from now on. */
function noteRefusals({ world }: Pick<InfraStage, 'world'>): ReadonlySet<string> {
  const refused = new Set<string>();
  world.journal.onEntry(({ error, by, service, name, detail }) => {
    const code = error ?? detail['error'] ?? detail['code'];
    if ((typeof code === 'string' && denials.has(code)) || name === 'agent-refused')
      if (!isAgentOfBuild(service, by))
        refused.add(`${by ?? ''} ${service}:${name} ${subjectOf(detail)}`);
  });
  return refused;
}

/** Build instances run the ECS agent of their parent image; no cluster takes it, in time or not. */
const isAgentOfBuild = (service: string, by: string | undefined): boolean =>
  service === 'ecs' && by?.includes('ImageBuildInstanceRole') === true;

/** Deploys a template, runs a scenario on it and notes what was refused on the way. */
async function observe(template: string, scenario: Scenario): Promise<Observation> {
  const stage = await InfraStage.open({ settings: { duplicateShare: 0 } });
  const refused = noteRefusals(stage);
  const { StackStatus } = await stage.deploy(template);
  if (StackStatus !== 'CREATE_COMPLETE')
    return { refused, deployFailure: (await stage.failures()).at(-1) ?? StackStatus };
  await stage.confirmNotices();
  // A refused call may leave a scenario without what it waits for; what counts is what was refused.
  await scenario.run(stage).catch((error: unknown) => {
    if (refused.size === 0) throw error;
  });
  return { refused, deployFailure: undefined };
}

/** The same with the organization: a target's groups may show what no refusal does. */
async function observeFleet(template: string, scenario: FleetScenario): Promise<Observation> {
  const stage = await FleetStage.open({ otherRegions: [], settings: { duplicateShare: 0 } });
  const refused = noteRefusals(stage);
  stage.infra.template = template;
  const deployFailure = await stage.deploy(scenario.parameters).then(() => undefined, String);
  if (deployFailure !== undefined) return { refused, deployFailure };
  const failed = (await stage.stackInstances()).find(({ Status }) => Status !== 'CURRENT');
  if (failed) return { refused, deployFailure: failed.StatusReason ?? 'a stack instance failed' };
  const outcome = await scenario.run(stage).catch((error: unknown) => String(error));
  return { refused, deployFailure: undefined, outcome: JSON.stringify(outcome) };
}

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

/** One run: how it is named, and how a template fares in it. */
interface Run {
  readonly name: string;
  readonly observe: (template: string) => Promise<Observation>;
}

function runFor(site: Site): Run {
  const fleet = fleetScenarioFor(site.id);
  if (fleet) return { name: fleet.name, observe: (template) => observeFleet(template, fleet) };
  const scenario = scenarioFor(site.id);
  return { name: scenario.name, observe: (template) => observe(template, scenario) };
}

/** What a mutated template shows that the whole one does not. */
const evidenceOf = (before: Observation, after: Observation): string | undefined =>
  [...after.refused].find((call) => !before.refused.has(call)) ??
  after.deployFailure ??
  (after.outcome === before.outcome ? undefined : `the target: ${after.outcome ?? ''}`);

const evidenceLengthMax = 200;

/** Takes each statement away in turn; a filter picks the sites whose id holds it. */
async function mutatePolicies(filter: string | undefined): Promise<number> {
  const template = readInfraTemplate();
  const sites = [...statementSites(template), ...workloadSites(template)].filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const whole = new Map<string, Observation>();
  let failures = 0;
  for (const site of sites) {
    const run = runFor(site);
    const before = whole.get(run.name) ?? (await run.observe(template));
    whole.set(run.name, before);
    if (before.deployFailure !== undefined)
      throw new Error(`the whole template does not deploy: ${before.deployFailure}`);
    const evidence = evidenceOf(before, await run.observe(site.without(template)));
    const verdict = judge(site, evidence !== undefined);
    if (verdict === 'NOT NOTICED' || verdict === 'JUSTIFIED, BUT NOTICED') failures += 1;
    console.log(
      `${verdict.padEnd(10)} ${site.id}  [${run.name}]  ${(evidence ?? reasonFor(site) ?? '').slice(0, evidenceLengthMax)}`,
    );
  }
  console.log(
    `mutate-policies: ${sites.length - failures} of ${sites.length} statements are needed or justified`,
  );
  return failures === 0 && sites.length > 0 ? 0 : 1;
}

process.exitCode = await mutatePolicies(process.argv[2]);
