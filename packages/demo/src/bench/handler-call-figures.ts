import type { VersionRecord } from '@golden/shared/model/records.ts';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';

const groupCounts = [1, 5] as const;
const [few, many] = groupCounts;
type Action = 'survey' | 'refresh' | 'status' | 'refresh again';

/** What the journal names the role's session for, though the handler's code does not call it. */
const notOfTheCode = [
  // Lambda brings the log away.
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  // Auto Scaling checks a launch template with the rights of whoever names it.
  'ec2:RunInstances',
];

interface Resource {
  readonly DependsOn?: string[];
  readonly Properties: Record<string, unknown>;
}

/** The stack of the examples with so many groups alike, each of its own launch template. */
function customerWith(groups: number): string {
  const template = JSON.parse(customerTemplate(['NumberedGroup'])) as {
    Resources: Record<string, Resource>;
  };
  const { Resources } = template;
  const copy = (name: string, number: number): void => {
    const text = JSON.stringify(Resources[name]);
    Resources[`${name}${number}`] = JSON.parse(
      text.replaceAll('"NumberedTemplate"', `"NumberedTemplate${number}"`),
    ) as Resource;
  };
  for (let number = 2; number <= groups; number += 1) {
    copy('NumberedTemplate', number);
    copy('NumberedGroup', number);
    Resources['Service']?.DependsOn?.push(`NumberedGroup${number}`);
  }
  const service = Resources['Service']?.Properties;
  if (service) service['DesiredCount'] = Number(service['DesiredCount']) * groups;
  return JSON.stringify(template);
}

/** The calls of the handler's session during a piece of work, `<service>:<operation>`. */
async function callsDuring(
  { stage, place }: { stage: FleetStage; place: Place },
  work: () => Promise<unknown>,
): Promise<string[]> {
  const { entries } = stage.world.journal;
  const from = entries.length;
  await work();
  return entries
    .slice(from)
    .filter(
      ({ account, by }) =>
        account === place.account.id &&
        by?.endsWith(`/golden-${stage.infra.line}-handler`) === true,
    )
    .map(({ service, name }) => `${service}:${name}`)
    .filter((call) => !notOfTheCode.includes(call));
}

/** The calls of each action: before anything has moved, in the middle of a refresh, and when all is up to date. */
async function callsOf(groups: number): Promise<Record<Action, readonly string[]>> {
  // A list comes on one page, as it does for so few items.
  const stage = await FleetStage.open({ otherRegions: [] });
  await stage.deploy();
  const place = stage.place('workload-1');
  await stage.deployCustomer(place, { template: customerWith(groups) });
  const good = await stage.build('harden.sh');
  const ask = async (action: string, rolloutId?: string): Promise<string[]> =>
    callsDuring({ stage, place }, () =>
      stage.reports(place, request(stage, { place, good, action, rolloutId })),
    );
  const survey = await ask('survey');
  const refresh = await ask('refresh', 'r1');
  // New instances are in service long enough to be looked for in their cluster, and the refresh goes on.
  await stage.world.scheduler.runFor(15 * 60_000);
  const status = await ask('status', 'r1');
  await stage.roll(place, good, 'r1');
  return { survey, refresh, status, 'refresh again': await ask('refresh', 'r2') };
}

const request = (
  stage: FleetStage,
  asked: { place: Place; good: VersionRecord; action: string; rolloutId: string | undefined },
): object => {
  const { place, good, action, rolloutId } = asked;
  return stage.request(place, good, { action, ...(rolloutId !== undefined && { rolloutId }) });
};

/** AWS calls that one invocation of the handler makes: with one group, with five, and the two parts of a straight line between. */
export async function handlerCallFigures() {
  const one = await callsOf(few);
  const five = await callsOf(many);
  const lineOf = (action: Action) => {
    const perGroup = (five[action].length - one[action].length) / (many - few);
    return {
      oneGroup: one[action].length,
      fiveGroups: five[action].length,
      perTarget: one[action].length - few * perGroup,
      perGroup,
      ofOneGroup: counted(one[action]),
    };
  };
  return {
    survey: lineOf('survey'),
    refresh: lineOf('refresh'),
    status: lineOf('status'),
    'refresh again': lineOf('refresh again'),
  };
}

const counted = (calls: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(calls, (call) => call)].map(([call, found]) => [call, found.length]),
  );
