import { isAwsError } from '../world/aws-error.ts';
import { type Names } from './expression-values.ts';
import { evaluateProperties } from './intrinsics.ts';
import {
  customNamed,
  modify,
  provision,
  refuseCustomName,
  secondsToCreate,
  updateSeconds,
} from './make-resource.ts';
import type { PreparedResource } from './prepare-template.ts';
import { differences, sameValue } from './property-diff.ts';
import { MadeButFailed, type Properties, type Provisioned } from './provider.ts';
import { providerOf } from './resource-providers.ts';
import { answersOfResource, resolveDynamic, stackNames } from './stack-names.ts';
import { reasonOf, ResourceFailure, setResource, type StackRun } from './stack-run.ts';
import type { StackContent, StackResource, Tags } from './stack-state.ts';
import type { Step } from './steps.ts';

/** What has to be undone when everything is rolled back. */
export type Undo =
  | { readonly action: 'create' }
  /** `attempted` may have come into force in part. */
  | { readonly action: 'update'; readonly before: StackResource; readonly attempted: Properties }
  | { readonly action: 'replace'; readonly before: StackResource }
  /** Nothing was done outside of CloudFormation. */
  | { readonly action: 'restore'; readonly before: StackResource };

/** The work of bringing a stack's resources to a new content. */
export interface Application {
  readonly run: StackRun;
  readonly content: StackContent;
  /** The stack's tags before. */
  readonly previousTags: Tags;
  /** Whether a failure ends what else is going on, because everything will be rolled back. */
  readonly cancelsOnFailure: boolean;
  readonly undo: Map<string, Undo>;
  readonly failedToCreate: string[];
  readonly failedToUpdate: string[];
  /** Resources that were replaced and are still there. */
  readonly replaced: StackResource[];
  readonly imports: Set<string>;
  stopped: boolean;
}

export function startApplication(
  run: StackRun,
  content: StackContent,
  options: { readonly previousTags: Tags; readonly cancelsOnFailure: boolean },
): Application {
  return {
    run,
    content,
    ...options,
    undo: new Map(),
    failedToCreate: [],
    failedToUpdate: [],
    replaced: [],
    imports: new Set(),
    stopped: false,
  };
}

/** The steps that make, change or replace the resources of the new content. */
export const applicationSteps = (application: Application): readonly Step[] =>
  application.content.prepared.resources.map((resource) => ({
    id: resource.logicalId,
    after: resource.dependencies,
    run: () => reconcile(application, resource),
  }));

/** The names of the new content's expressions, as far as its resources are there. */
export function namesDuring({ run, content, imports }: Application): Names {
  const { scope, stack } = run;
  const { prepared } = content;
  return stackNames({
    scope,
    stack: { stackId: stack.id, stackName: stack.name },
    prepared,
    resource(logicalId) {
      const exists = prepared.resources.some((resource) => resource.logicalId === logicalId);
      const made = stack.resources.get(logicalId);
      return exists && made ? answersOfResource(made) : undefined;
    },
    onImport: (name) => imports.add(name),
  });
}

async function reconcile(application: Application, resource: PreparedResource): Promise<boolean> {
  const { run } = application;
  const before = run.stack.resources.get(resource.logicalId);
  const existing = before?.physicalId === undefined ? undefined : before;
  let properties: Properties;
  try {
    const evaluated = evaluateProperties(resource.properties, namesDuring(application));
    properties = await resolveDynamic(run.scope, run.actor, evaluated);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const failure = new ResourceFailure(error.message);
    return fail(application, resource, { before: existing, properties: {}, error: failure });
  }
  if (!existing) return create(application, resource, properties);
  const provider = providerOf(run.scope.world, resource.type);
  const changed = differences(existing.properties, properties).map(({ name }) => name);
  const isRetagged =
    !sameValue(application.previousTags, application.content.tags) &&
    provider.properties.includes('Tags');
  if (changed.some((name) => provider.createOnly.includes(name)))
    return replace(application, resource, existing, properties);
  if (
    changed.length > 0 ||
    isRetagged ||
    ['CREATE_FAILED', 'UPDATE_FAILED'].includes(existing.status)
  )
    return update(application, resource, existing, properties);
  return keep(application, resource, existing);
}

const attributesOf = (resource: PreparedResource) => ({
  logicalId: resource.logicalId,
  type: resource.type,
  dependencies: resource.dependencies,
  deletionPolicy: resource.deletionPolicy,
  updateReplacePolicy: resource.updateReplacePolicy,
  metadata: resource.metadata,
});

/** Nothing to do but to take over what CloudFormation itself keeps. */
function keep(
  application: Application,
  resource: PreparedResource,
  before: StackResource,
): boolean {
  const { run, undo } = application;
  const after = { ...before, ...attributesOf(resource) };
  if (sameValue(before.metadata, resource.metadata)) {
    run.stack.resources.set(resource.logicalId, after);
  } else {
    undo.set(resource.logicalId, { action: 'restore', before });
    setResource(run, { ...after, status: 'UPDATE_COMPLETE', statusReason: undefined });
  }
  return true;
}

async function create(
  application: Application,
  resource: PreparedResource,
  properties: Properties,
): Promise<boolean> {
  const { run, content, undo } = application;
  const base = { ...attributesOf(resource), properties, attributes: {} };
  setResource(run, { ...base, physicalId: undefined, status: 'CREATE_IN_PROGRESS' });
  undo.set(resource.logicalId, { action: 'create' });
  try {
    const made = await provision(run, resource, properties, content.tags);
    const known = { ...base, ...made };
    setResource(run, {
      ...known,
      status: 'CREATE_IN_PROGRESS',
      statusReason: 'Resource creation Initiated',
    });
    await settle(application, resource);
    if (application.stopped) {
      setResource(run, {
        ...known,
        status: 'CREATE_FAILED',
        statusReason: 'Resource creation cancelled',
      });
      return false;
    }
    setResource(run, { ...known, status: 'CREATE_COMPLETE' });
    return true;
  } catch (error) {
    return fail(application, resource, { before: undefined, properties, error });
  }
}

const settle = (application: Application, { type }: PreparedResource): Promise<void> => {
  const { world } = application.run.scope;
  return world.scheduler.sleep(secondsToCreate(providerOf(world, type)) * 1000);
};

async function update(
  application: Application,
  resource: PreparedResource,
  before: StackResource,
  properties: Properties,
): Promise<boolean> {
  const { run, content, undo } = application;
  setResource(run, { ...before, status: 'UPDATE_IN_PROGRESS', statusReason: undefined });
  // A change that fails half-way has to be undone as well.
  undo.set(resource.logicalId, { action: 'update', before, attempted: properties });
  try {
    const made = await modify(run, before, properties, {
      now: content.tags,
      before: application.previousTags,
    });
    const after = { ...attributesOf(resource), properties, ...made };
    await run.scope.world.scheduler.sleep(updateSeconds * 1000);
    return finishUpdate(application, after);
  } catch (error) {
    return fail(application, resource, { before, properties, error });
  }
}

function finishUpdate(
  { run, stopped }: Application,
  after: ReturnType<typeof attributesOf> & Provisioned & { properties: Properties },
): boolean {
  if (stopped) {
    setResource(run, {
      ...after,
      status: 'UPDATE_FAILED',
      statusReason: 'Resource update cancelled',
    });
    return false;
  }
  setResource(run, { ...after, status: 'UPDATE_COMPLETE' });
  return true;
}

async function replace(
  application: Application,
  resource: PreparedResource,
  before: StackResource,
  properties: Properties,
): Promise<boolean> {
  const { run, content, undo, replaced } = application;
  setResource(run, {
    ...before,
    status: 'UPDATE_IN_PROGRESS',
    statusReason:
      'Requested update requires the creation of a new physical resource; hence creating one.',
  });
  try {
    refuseCustomName(providerOf(run.scope.world, resource.type), before, properties);
    const made = await provision(run, resource, properties, content.tags);
    // A service that answers with the resource that is there already has not made a second one.
    if (made.physicalId === before.physicalId) throw customNamed(before);
    const after = { ...attributesOf(resource), properties, ...made };
    setResource(run, {
      ...after,
      status: 'UPDATE_IN_PROGRESS',
      statusReason: 'Resource creation Initiated',
    });
    undo.set(resource.logicalId, { action: 'replace', before });
    replaced.push(before);
    await settle(application, resource);
    return finishUpdate(application, after);
  } catch (error) {
    return fail(application, resource, { before, properties, error });
  }
}

function fail(
  application: Application,
  resource: PreparedResource,
  failed: { before: StackResource | undefined; properties: Properties; error: unknown },
): false {
  const { run, failedToCreate, failedToUpdate, cancelsOnFailure, undo } = application;
  const { before, properties } = failed;
  const made = failed.error instanceof MadeButFailed ? failed.error : undefined;
  const error = made ? made.cause : failed.error;
  const statusReason = reasonOf(run.scope, resource.logicalId, error);
  if (before) {
    failedToUpdate.push(resource.logicalId);
    setResource(run, { ...before, status: 'UPDATE_FAILED', statusReason });
    if (!undo.has(resource.logicalId)) undo.set(resource.logicalId, { action: 'restore', before });
  } else {
    failedToCreate.push(resource.logicalId);
    setResource(run, {
      ...attributesOf(resource),
      properties,
      attributes: {},
      physicalId: made?.physicalId,
      status: 'CREATE_FAILED',
      statusReason,
    });
    undo.set(resource.logicalId, { action: 'create' });
  }
  if (cancelsOnFailure) application.stopped = true;
  return false;
}
