import type * as client from '@aws-sdk/client-imagebuilder';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { createChecks, listCheck, resourceCheck } from './access.ts';
import { amazonComponents } from './amazon-components.ts';
import {
  latestReferences,
  normalizedName,
  requireArn,
  resourceArn,
  type ParsedArn,
} from './arns.ts';
import { once } from './client-token.ts';
import { componentType, parseComponentDocument } from './component-document.ts';
import {
  alreadyExists,
  hasDependents,
  invalidCombination,
  notFound,
  notModelled,
  quotaExceeded,
} from './errors.ts';
import { filterItems, listPage } from './listing.ts';
import { imageBuilderState, type StoredComponent } from './state.ts';
import { newTags, tagMap } from './tags.ts';
import { compareVersions, highestVersion, matchesVersion, parseVersion } from './versions.ts';

const componentsMax = 1_000; // Image Builder quotas, components per Region

export const createComponent = operation<
  client.CreateComponentCommandInput,
  Partial<client.CreateComponentCommandOutput>
>({
  authorize: (input, call) =>
    createChecks(
      'CreateComponent',
      resourceArn(call, {
        type: 'component',
        name: input.name ?? '',
        version: input.semanticVersion ?? '',
      }),
      input.tags,
    ),
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const component = makeComponent(call, input);
      if (input.dryRun === true)
        // Source: Image Builder API Reference: a dry run that would succeed is reported as an error.
        throw new AwsError(
          'DryRunOperationException',
          'Request would have succeeded, but DryRun flag is set.',
        );
      imageBuilderState.in(call).components.set(component.arn, component);
      return {
        requestId: call.requestId,
        clientToken,
        componentBuildVersionArn: component.arn,
        latestVersionReferences: latestReferences(component.arn),
      };
    }),
});

function makeComponent(call: Call, input: client.CreateComponentCommandInput): StoredComponent {
  const name = input.name ?? '';
  const version = input.semanticVersion ?? '';
  parseVersion(version);
  if (input.platform !== 'Linux') throw notModelled(`the platform ${input.platform ?? ''}`);
  const data = readData(input);
  const document = parseComponentDocument(data);
  const siblings = ownComponents(call).filter(
    (component) =>
      normalizedName(component.name) === normalizedName(name) && component.version === version,
  );
  const latest = siblings.toSorted((a, b) => a.build - b.build).at(-1);
  if (latest?.data === data) throw alreadyExists('Component', latest.arn);
  if (imageBuilderState.in(call).components.size >= componentsMax)
    throw quotaExceeded('components', componentsMax);
  const build = (latest?.build ?? 0) + 1;
  return {
    arn: resourceArn(call, { type: 'component', name, version, build }),
    name,
    version,
    build,
    owner: call.account,
    platform: 'Linux',
    description: input.description,
    changeDescription: input.changeDescription,
    supportedOsVersions: input.supportedOsVersions,
    kmsKeyId: input.kmsKeyId,
    data,
    document,
    createdAt: call.date,
    tags: newTags(call, input.tags),
  };
}

function readData(input: client.CreateComponentCommandInput): string {
  if ((input.data === undefined) === (input.uri === undefined))
    throw invalidCombination('data', "Exactly one of 'data' and 'uri' must be given.");
  if (input.uri !== undefined) throw notModelled('the parameter uri');
  return input.data ?? '';
}

const ownComponents = (scope: Scope): StoredComponent[] => [
  ...imageBuilderState.in(scope).components.values(),
];

const allComponents = (scope: Scope): StoredComponent[] => [
  ...ownComponents(scope),
  ...amazonComponents(scope),
];

/**
 * The build version that an ARN means now: wildcards take the highest version, a version without a build the
 * latest build.
 *
 * @returns undefined when there is none
 */
export function findComponent(scope: Scope, arn: ParsedArn): StoredComponent | undefined {
  const prefix = `arn:aws:imagebuilder:${arn.region}:${arn.owner}:component/${arn.name}/`;
  const named = allComponents(scope).filter((component) => component.arn.startsWith(prefix));
  const { pattern } = arn;
  const version =
    pattern &&
    highestVersion(
      named.map((component) => component.version),
      pattern,
    );
  return named
    .filter(
      (component) =>
        component.version === version && (arn.build === undefined || component.build === arn.build),
    )
    .toSorted((a, b) => a.build - b.build)
    .at(-1);
}

export const getComponent = operation<
  client.GetComponentCommandInput,
  Partial<client.GetComponentCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'GetComponent', input.componentBuildVersionArn),
  run(input, call) {
    const arn = requireArn('componentBuildVersionArn', input.componentBuildVersionArn, 'component');
    const component = findComponent(call, arn);
    if (!component) throw notFound('component', input.componentBuildVersionArn ?? '');
    return {
      requestId: call.requestId,
      component: describe(component),
      latestVersionReferences: latestReferences(component.arn),
    };
  },
});

const describe = (component: StoredComponent): client.Component => ({
  ...summary(component),
  data: component.data,
  kmsKeyId: component.kmsKeyId,
  encrypted: true,
  parameters: component.document.parameters.map((parameter) => ({
    name: parameter.name,
    type: 'string',
    defaultValue: parameter.default === undefined ? undefined : [parameter.default],
    description: parameter.description,
  })),
});

const summary = (component: StoredComponent): client.ComponentSummary => ({
  arn: component.arn,
  name: component.name,
  version: component.version,
  platform: component.platform,
  type: componentType(component.document),
  owner: component.owner,
  description: component.description,
  changeDescription: component.changeDescription,
  supportedOsVersions: component.supportedOsVersions && [...component.supportedOsVersions],
  state: { status: 'ACTIVE' },
  dateCreated: component.createdAt.toISOString(),
  tags: tagMap(component.tags),
});

export const listComponents = operation<
  client.ListComponentsCommandInput,
  Partial<client.ListComponentsCommandOutput>
>({
  authorize: () => listCheck('ListComponents'),
  run(input, call) {
    if (input.byName === true) throw notModelled('the parameter byName');
    const owned = ownedBy(call, input.owner);
    const versions = new Map<string, StoredComponent>();
    for (const component of owned) {
      const arn = component.arn.slice(0, component.arn.lastIndexOf('/'));
      const known = versions.get(arn);
      if (!known || known.build < component.build) versions.set(arn, component);
    }
    const found = filterItems([...versions], input.filters, {
      name: ([, { name }]) => [name],
      platform: ([, { platform }]) => [platform],
      type: ([, { document }]) => [componentType(document)],
      version: ([, { version }]) => [version],
      description: ([, { description }]) => [description],
      supportedOsVersion: ([, { supportedOsVersions }]) => supportedOsVersions ?? [],
    });
    const page = listPage(call, input, found, ([arn]) => arn);
    return {
      requestId: call.requestId,
      componentVersionList: page.items.map(([arn, component]) => ({
        arn,
        name: component.name,
        version: component.version,
        description: component.description,
        platform: component.platform,
        supportedOsVersions: component.supportedOsVersions && [...component.supportedOsVersions],
        type: componentType(component.document),
        owner: component.owner,
        dateCreated: component.createdAt.toISOString(),
        status: 'ACTIVE' as const,
      })),
      nextToken: page.nextToken,
    };
  },
});

function ownedBy(call: Call, owner: client.Ownership | undefined): StoredComponent[] {
  switch (owner ?? 'Self') {
    case 'Self':
      return ownComponents(call);
    case 'Amazon':
      return amazonComponents(call);
    default:
      return [];
  }
}

export const listComponentBuildVersions = operation<
  client.ListComponentBuildVersionsCommandInput,
  Partial<client.ListComponentBuildVersionsCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'ListComponentBuildVersions', input.componentVersionArn),
  run(input, call) {
    const { owner, name, pattern } = requireArn(
      'componentVersionArn',
      input.componentVersionArn,
      'component',
    );
    const builds = allComponents(call)
      .filter(
        (component) =>
          component.arn.includes(`:${owner}:component/${name}/`) &&
          pattern !== undefined &&
          matchesVersion(pattern, component.version),
      )
      .toSorted((a, b) => compareVersions(a.version, b.version) || a.build - b.build);
    const page = listPage(call, input, builds, ({ arn }) => arn);
    return {
      requestId: call.requestId,
      componentSummaryList: page.items.map(summary),
      nextToken: page.nextToken,
    };
  },
});

export const deleteComponent = operation<
  client.DeleteComponentCommandInput,
  Partial<client.DeleteComponentCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'DeleteComponent', input.componentBuildVersionArn),
  run(input, call) {
    const arn = input.componentBuildVersionArn ?? '';
    const parsed = requireArn('componentBuildVersionArn', arn, 'component');
    const { components, recipes } = imageBuilderState.in(call);
    if (!components.has(arn)) throw notFound('component', arn);
    const isUsed = [...recipes.values()].some((recipe) =>
      recipe.components.some(({ componentArn = '' }) => {
        const used = requireArn('componentArn', componentArn, 'component');
        return used.owner === parsed.owner && findComponent(call, used)?.arn === arn;
      }),
    );
    if (isUsed) throw hasDependents(arn);
    components.delete(arn);
    return { requestId: call.requestId, componentBuildVersionArn: arn };
  },
});
