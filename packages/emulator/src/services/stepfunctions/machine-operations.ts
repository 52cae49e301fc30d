import type * as client from '@aws-sdk/client-sfn';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { finishDeletion } from './engine/machine-deletion.ts';
import { statesService, statesSession } from './engine/execution-session.ts';
import { requireLogging, setUpDelivery } from './log-delivery.ts';
import {
  addTags,
  machineCheck,
  pageMax,
  pageSizeOf,
  requestTagContext,
  requireMachine,
  requireName,
  validation,
} from './machine-lookup.ts';
import { requireDefinition } from './require-modelled.ts';
import { revisionOf, stepFunctionsState, type StateMachine } from './state.ts';

/** DescribeStateMachine tells no revision before the first update; the initial one has this name. */
export const initialRevision = 'INITIAL';
/**
 * Step Functions API Reference, UpdateStateMachine: executions started within a few seconds may use the previous
 * definition and role. AWS states no figure.
 */
const supersededMs = 3_000;

interface Settings {
  readonly tracingConfiguration?: client.TracingConfiguration | undefined;
  readonly encryptionConfiguration?: client.EncryptionConfiguration | undefined;
  readonly publish?: boolean | undefined;
  readonly versionDescription?: string | undefined;
}

function refuseSettings(input: Settings): void {
  refuseUnmodelled(input, ['versionDescription'], 'ValidationException');
  if (input.publish === true) throw validation('publish is not modelled by this emulator');
  if (input.tracingConfiguration?.enabled === true)
    throw new AwsError(
      'InvalidTracingConfiguration',
      'Invalid Tracing Configuration: tracing is not modelled by this emulator',
    );
  const { type = 'AWS_OWNED_KEY' } = input.encryptionConfiguration ?? {};
  if (type !== 'AWS_OWNED_KEY')
    throw new AwsError(
      'InvalidEncryptionConfiguration',
      `Invalid Encryption Configuration: ${type} is not modelled by this emulator`,
    );
}

/** @throws AwsError AccessDeniedException when Step Functions could not use the role, or not deliver logs with it */
async function requireRole(
  call: Call,
  arn: string,
  settings: { readonly roleArn: string; readonly logging: client.LoggingConfiguration },
): Promise<void> {
  let role;
  try {
    role = statesSession(call, {
      roleArn: settings.roleArn,
      machineArn: arn,
      account: call.account,
      sessionName: 'validation',
    });
  } catch (error) {
    throw new AwsError(
      'AccessDeniedException',
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
      { status: 400, cause: error },
    );
  }
  await setUpDelivery(call, role, settings.logging);
}

const requireRoleArn = (roleArn: string | undefined): string => {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn ?? ''))
    throw new AwsError('InvalidArn', `Invalid Role Arn: '${roleArn ?? ''}'`);
  return roleArn ?? '';
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const createStateMachine = operation<
  client.CreateStateMachineCommandInput,
  Partial<client.CreateStateMachineCommandOutput>
>({
  authorize: (input, call) => {
    const arn = call.arn(`stateMachine:${input.name ?? ''}`);
    const context = requestTagContext(input.tags);
    return [
      machineCheck(call, 'CreateStateMachine', arn, context),
      ...(input.tags?.length ? [machineCheck(call, 'TagResource', arn, context)] : []),
      passRoleCheck(call, input.roleArn ?? '', statesService),
    ];
  },
  async run(input, call) {
    const name = input.name ?? '';
    requireName(name);
    refuseSettings(input);
    if (input.type === 'EXPRESS')
      throw validation('state machines of type EXPRESS are not modelled by this emulator');
    const arn = call.arn(`stateMachine:${name}`);
    const roleArn = requireRoleArn(input.roleArn);
    const definitionText = input.definition ?? '';
    const definition = requireDefinition(call.world, definitionText);
    const logging = requireLogging(call, input.loggingConfiguration);
    const { machines } = stepFunctionsState.in(call);
    const existing = machines.get(arn);
    if (existing) return repeat(existing, { definitionText, logging });
    await requireRole(call, arn, { roleArn, logging });
    const machine: StateMachine = {
      name,
      arn,
      type: 'STANDARD',
      createdAt: call.now,
      status: 'ACTIVE',
      roleArn,
      definitionText,
      definition,
      revisionId: initialRevision,
      updatedAt: call.now,
      logging,
      tags: new Map(),
    };
    addTags(machine.tags, arn, input.tags ?? []);
    machines.set(arn, machine);
    return { stateMachineArn: arn, creationDate: call.date };
  },
});

/** Source: API reference, CreateStateMachine: idempotent; another role or other tags are ignored then. */
function repeat(
  existing: StateMachine,
  wanted: { readonly definitionText: string; readonly logging: client.LoggingConfiguration },
): Partial<client.CreateStateMachineCommandOutput> {
  if (existing.status === 'DELETING')
    throw new AwsError('StateMachineDeleting', `State Machine Deleting: '${existing.arn}'`);
  if (
    existing.definitionText !== wanted.definitionText ||
    !isSame(existing.logging, wanted.logging)
  )
    throw new AwsError(
      'StateMachineAlreadyExists',
      `State Machine Already Exists: '${existing.arn}'`,
    );
  return { stateMachineArn: existing.arn, creationDate: new Date(existing.createdAt) };
}

export const updateStateMachine = operation<
  client.UpdateStateMachineCommandInput,
  Partial<client.UpdateStateMachineCommandOutput>
>({
  authorize: (input, call) => [
    machineCheck(call, 'UpdateStateMachine', input.stateMachineArn),
    ...(input.roleArn === undefined ? [] : [passRoleCheck(call, input.roleArn, statesService)]),
  ],
  async run(input, call) {
    // Neither a description nor `publish: false` is a change.
    const { stateMachineArn, publish, versionDescription, ...changes } = input;
    const machine = requireMachine(call, stateMachineArn);
    if (Object.keys(changes).length === 0)
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    refuseSettings(input);
    if (machine.status === 'DELETING')
      throw new AwsError('StateMachineDeleting', `State Machine Deleting: '${machine.arn}'`);
    const definitionText = input.definition ?? machine.definitionText;
    const definition =
      input.definition === undefined
        ? machine.definition
        : requireDefinition(call.world, input.definition);
    const roleArn = input.roleArn === undefined ? machine.roleArn : requireRoleArn(input.roleArn);
    const logging =
      input.loggingConfiguration === undefined
        ? machine.logging
        : requireLogging(call, input.loggingConfiguration);
    await requireRole(call, machine.arn, { roleArn, logging });
    machine.superseded = {
      definition: machine.definition,
      roleArn: machine.roleArn,
      revision: revisionOf(machine),
      until: call.now + supersededMs,
    };
    Object.assign(machine, { definitionText, definition, roleArn, logging });
    machine.revisionId = call.uuid('revision');
    machine.updatedAt = call.now;
    return { updateDate: call.date, revisionId: machine.revisionId };
  },
});

export const deleteStateMachine = operation<
  client.DeleteStateMachineCommandInput,
  Partial<client.DeleteStateMachineCommandOutput>
>({
  authorize: (input, call) => machineCheck(call, 'DeleteStateMachine', input.stateMachineArn),
  run(input, call) {
    try {
      requireMachine(call, input.stateMachineArn).status = 'DELETING';
    } catch (error) {
      // A machine that is gone already is a success.
      if (!(error instanceof AwsError) || error.code !== 'StateMachineDoesNotExist') throw error;
    }
    finishDeletion(call, input.stateMachineArn ?? '');
    return {};
  },
});

export const describeStateMachine = operation<
  client.DescribeStateMachineCommandInput,
  Partial<client.DescribeStateMachineCommandOutput>
>({
  authorize: (input, call) => machineCheck(call, 'DescribeStateMachine', input.stateMachineArn),
  run(input, call) {
    if (input.includedData === 'METADATA_ONLY')
      throw validation('includedData METADATA_ONLY is not modelled by this emulator');
    const machine = requireMachine(call, input.stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: machine.status,
      definition: machine.definitionText,
      roleArn: machine.roleArn,
      type: machine.type,
      creationDate: new Date(machine.createdAt),
      ...settingsOf(machine),
      ...(machine.revisionId === initialRevision ? {} : { revisionId: machine.revisionId }),
    };
  },
});

/** What every description of a machine says of its settings. */
export const settingsOf = (
  machine: Pick<StateMachine, 'logging'>,
): Pick<
  client.DescribeStateMachineOutput,
  'loggingConfiguration' | 'tracingConfiguration' | 'encryptionConfiguration'
> => ({
  loggingConfiguration: machine.logging,
  tracingConfiguration: { enabled: false },
  encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
});

export const listStateMachines = operation<
  client.ListStateMachinesCommandInput,
  Partial<client.ListStateMachinesCommandOutput>
>({
  // ListStateMachines has no resource-level permission.
  authorize: () => ({ action: 'states:ListStateMachines', resource: '*' }),
  run(input, call) {
    const page = paginate(call, stepFunctionsState.in(call).machines.values(), {
      keyOf: ({ name }) => name,
      token: input.nextToken,
      size: pageSizeOf(input.maxResults),
      sizeMax: pageMax,
      invalidToken: 'InvalidToken',
    });
    return {
      stateMachines: page.items.map((machine) => ({
        stateMachineArn: machine.arn,
        name: machine.name,
        type: machine.type,
        creationDate: new Date(machine.createdAt),
      })),
      nextToken: page.nextToken,
    };
  },
});

export const validateStateMachineDefinition = operation<
  client.ValidateStateMachineDefinitionCommandInput,
  Partial<client.ValidateStateMachineDefinitionCommandOutput>
>({
  // ValidateStateMachineDefinition has no resource-level permission.
  authorize: () => ({ action: 'states:ValidateStateMachineDefinition', resource: '*' }),
  run(input, call) {
    if (input.type === 'EXPRESS') throw validation('type EXPRESS is not modelled by this emulator');
    try {
      requireDefinition(call.world, input.definition);
      return { result: 'OK', diagnostics: [], truncated: false };
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'InvalidDefinition') throw error;
      return {
        result: 'FAIL',
        diagnostics: [
          { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: error.message },
        ],
        truncated: false,
      };
    }
  },
});
