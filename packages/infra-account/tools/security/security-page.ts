import { starReasons as workloadStarReasons } from '../../../workload-account/lib/star-reasons.ts';
import { starReasons as infraStarReasons } from '../../lib/star-reasons.ts';
import { infraLayer, workloadLayer, type Template } from '../templates/template-layer.ts';
import { awsRoles } from './aws-roles.ts';
import { resourceRightsOf, rolesOf, type Right, type RoleRights } from './rights.ts';
import { table } from './table.ts';

interface Side {
  readonly name: 'infra' | 'workload';
  readonly template: Template;
  readonly starReasons: Readonly<Record<string, string>>;
}

/** What makes up the generated part of a page, by the name of its markers. */
export type Sections = Readonly<Record<'summary' | 'principals', string>>;

/** The generated parts of `docs/security.md`, made from the infra template and the one that it carries. */
export function securitySections(infraText: string): Sections {
  const sides: Side[] = [
    { name: 'infra', template: infraLayer.read(infraText), starReasons: infraStarReasons },
    { name: 'workload', template: workloadLayer.read(infraText), starReasons: workloadStarReasons },
  ];
  return {
    summary: summaryTable(sides),
    principals: [
      '### Roles',
      ...sides.flatMap((side) => rolesOf(side.template).map((role) => roleSection(role, side))),
      '### Services and others, by policies at resources',
      ...sides.map(resourceSection),
      "### AWS's own roles",
      awsRolesTable(sides),
    ].join('\n\n'),
  };
}

const marker = (name: string, end: 'begin' | 'end'): string => `<!-- ${end} ${name} -->`;

/**
 * Puts the sections between their markers.
 *
 * @throws Error naming a marker that the page lacks
 */
export function withSections(page: string, sections: Sections): string {
  return Object.entries(sections).reduce((text, [name, section]) => {
    const [begin, end] = [marker(name, 'begin'), marker(name, 'end')];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from)
      throw new Error(`docs/security.md lacks "${begin}" followed by "${end}": put them back`);
    return `${text.slice(0, from)}${begin}\n\n${section}\n\n${text.slice(to)}`;
  }, page);
}

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');
const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Calls whose name does not begin with one of these change something, or make somebody else act. */
const reading = /^(?:Get|List|Describe|Query|Receive|Decrypt)/;
const isReading = (action: string): boolean => reading.test(action.split(':')[1] ?? '');

/** What is said once for all roles. */
const everywhere = 'WriteOwnLog';
const listedResourcesMax = 3;

function summaryTable(sides: readonly Side[]): string {
  const rows = sides.flatMap(({ name, template }) =>
    rolesOf(template).map((role) => [
      `[${role.logicalId}](#${role.logicalId.toLowerCase()})`,
      name,
      unique(role.trust.flatMap(({ who }) => who)).join(', '),
      touched(role, (action) => !isReading(action)),
      touched(role, isReading),
    ]),
  );
  return table(['role', 'account', 'assumed by', 'changes or starts', 'reads'], rows);
}

/** The resources of the rights that have such an action. */
const touched = ({ rights }: RoleRights, wanted: (action: string) => boolean): string =>
  codes(
    unique(
      rights
        .filter(({ sid, actions }) => sid !== everywhere && actions.some(wanted))
        .flatMap(({ resources, actions }) => shortened(resources, actions.filter(wanted))),
    ),
  );

/** Of a resource that is made or given, the summary names the one that is made. */
const firstChoice = (resource: string): string => resource.replace(/ or [^<>]*>/, '>');

function shortened(resources: readonly string[], actions: readonly string[]): string[] {
  const services = unique(actions.map((action) => action.split(':')[0] ?? ''));
  if (resources.includes('*')) return services.map((service) => `${service}:*`);
  return resources.length > listedResourcesMax
    ? services.map((service) => `${service}: ${resources.length} kinds of resources`)
    : resources.map(firstChoice);
}

function roleSection(role: RoleRights, { name, starReasons }: Side): string {
  const { logicalId, description, onlyIf, trust, rights } = role;
  const made = onlyIf === undefined ? '' : `, made only if the stack has ${code(onlyIf)}`;
  const stars = rights.filter(({ resources }) => resources.includes('*'));
  return [
    `#### ${logicalId}`,
    `${description} (${name} account${made}). ${trust.map(trustSentence).join(' ')}`,
    table(
      ['right', 'may', 'on', 'only if'],
      rights.map((right) => [
        right.sid,
        codes(right.actions),
        codes(right.resources),
        phrases(right),
      ]),
    ),
    ...(stars.length === 0 ? [] : [stars.map((right) => starLine(right, starReasons)).join('\n')]),
  ].join('\n\n');
}

const phrases = ({ conditions }: Right): string => conditions.join('; ');

function trustSentence({ who, actions, conditions }: Right): string {
  const only = conditions.length === 0 ? '' : `, only if ${conditions.join(' and ')}`;
  const others = actions.filter((action) => action !== 'sts:AssumeRole');
  const also = others.length === 0 ? '' : ` (also ${codes(others)})`;
  return `Assumed by ${who.join(', ')}${also}${only}.`;
}

function starLine({ sid }: Right, reasons: Readonly<Record<string, string>>): string {
  const reason = reasons[sid];
  if (reason === undefined)
    throw new Error(`${sid} is for every resource and star-reasons.ts has no sentence why`);
  // A bare star would be read as emphasis.
  return `- \`*\` in ${sid}: ${reason.replaceAll('"*"', code('*'))}`;
}

function resourceSection({ name, template, starReasons }: Side): string {
  const rights = resourceRightsOf(template);
  const denials = rights.filter(({ effect }) => effect === 'Deny');
  const grants = rights
    .filter(({ effect }) => effect === 'Allow')
    .toSorted((one, other) => one.who.join().localeCompare(other.who.join(), 'en'));
  const stars = grants.filter(
    ({ sid, resources }) => resources.includes('*') && sid in starReasons,
  );
  return [
    `#### At the resources of the ${name} stack`,
    table(
      ['who', 'may', 'on', 'only if', 'written in'],
      grants.map((right) => [
        right.who.join(', '),
        codes(right.actions),
        codes(right.resources),
        phrases(right),
        code(right.standsIn),
      ]),
    ),
    ...(stars.length === 0 ? [] : [stars.map((right) => starLine(right, starReasons)).join('\n')]),
    ...(denials.length === 0
      ? []
      : [`Denied, whatever else is allowed:\n\n${denialTable(denials)}`]),
  ].join('\n\n');
}

const denialTable = (denials: readonly Right[]): string =>
  table(
    ['to', 'what', 'on', 'if'],
    denials.map((right) => [
      right.who.join(', '),
      codes(right.actions),
      codes(right.resources),
      phrases(right),
    ]),
  );

function awsRolesTable(sides: readonly Side[]): string {
  const holders = new Map<string, string[]>();
  for (const { template } of sides)
    for (const { logicalId, rights } of rolesOf(template))
      for (const action of rights.flatMap(({ actions }) => actions))
        holders.set(action, [...(holders.get(action) ?? []), logicalId]);
  const roles = awsRoles(
    sides.map(({ template }) => template),
    holders,
  );
  return table(
    ['role', 'where', 'what it does', 'brought in by'],
    roles.map(({ name, where, what, because }) => [code(name), where, what, codes(because)]),
  );
}
