import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';
import { justified } from './justified.ts';
import { scenarioFor, type Scenario } from './scenarios.ts';
import { statementSites, type Site } from './sites.ts';

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
}

/** Deploys a template, runs a scenario on it and notes what was refused on the way. */
async function observe(template: string, scenario: Scenario): Promise<Observation> {
  const stage = await InfraStage.open({ settings: { duplicateShare: 0 } });
  const refused = new Set<string>();
  stage.world.journal.onEntry(({ error, by, service, name, detail }) => {
    const code = error ?? detail['error'] ?? detail['code'];
    if ((typeof code === 'string' && denials.has(code)) || name === 'agent-refused')
      refused.add(`${by ?? ''} ${service}:${name} ${subjectOf(detail)}`);
  });
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

/** Takes each statement away in turn; a filter picks the sites whose id holds it. */
async function mutatePolicies(filter: string | undefined): Promise<number> {
  const template = readInfraTemplate();
  const sites = statementSites(template).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const whole = new Map<string, Observation>();
  let failures = 0;
  for (const site of sites) {
    const scenario = scenarioFor(site.id);
    const before = whole.get(scenario.name) ?? (await observe(template, scenario));
    whole.set(scenario.name, before);
    if (before.deployFailure !== undefined)
      throw new Error(`the whole template does not deploy: ${before.deployFailure}`);
    const after = await observe(site.without(template), scenario);
    const evidence =
      [...after.refused].find((call) => !before.refused.has(call)) ?? after.deployFailure;
    const verdict = judge(site, evidence !== undefined);
    if (verdict === 'NOT NOTICED' || verdict === 'JUSTIFIED, BUT NOTICED') failures += 1;
    console.log(
      `${verdict.padEnd(10)} ${site.id}  [${scenario.name}]  ${evidence ?? reasonFor(site) ?? ''}`,
    );
  }
  console.log(
    `mutate-policies: ${sites.length - failures} of ${sites.length} statements are needed or justified`,
  );
  return failures === 0 && sites.length > 0 ? 0 : 1;
}

process.exitCode = await mutatePolicies(process.argv[2]);
