import { describe, expect, it } from '@jest/globals';

import { synthTemplate } from '@golden/constructs/synth-template.ts';
import { listed, type TemplateStatement, viewTemplate } from '@golden/constructs/template-view.ts';

import { InfraAccountStack } from './infra-account-stack.ts';
import { handlerConstructId, stepTimeoutSeconds } from './invoke-task.ts';
import { rolloutDefinition } from './rollout-definition.ts';

const template = synthTemplate(
  (app) =>
    new InfraAccountStack(app, 'infra-account', {
      handlerCode: () => 'exports.handler=0',
      workloadTemplate: '{}',
    }),
);
const { resources, ofType, theOnly, statements } = viewTemplate(template);

/** The logical id in a `Ref` or `Fn::GetAtt`. */
const idOf = (reference: unknown): string => {
  const [value] = Object.values(reference as Record<string, unknown>);
  return Array.isArray(value) ? String(value[0]) : String(value);
};

describe('the state machine of the infra template', () => {
  const { Properties } = theOnly('AWS::StepFunctions::StateMachine');
  const [definition, values] = (
    Properties['DefinitionString'] as { 'Fn::Sub': [string, Record<string, unknown>] }
  )['Fn::Sub'];
  const mine = (sid: string): TemplateStatement => {
    const role = JSON.stringify(resources['RolloutMachineExecutionRole']);
    const found = statements.find(
      (statement) => statement.Sid === sid && role.includes(JSON.stringify(statement)),
    );
    if (found === undefined) throw new Error(`the machine has no statement ${sid}`);
    return found;
  };

  it('runs the definition of the rollout, with every placeholder filled', () => {
    expect(JSON.parse(definition)).toEqual(rolloutDefinition);
    const placeholders = [...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect([...new Set(placeholders)].sort()).toEqual(Object.keys(values).sort());
    expect(Buffer.byteLength(definition)).toBeLessThan(100_000);
  });

  it('may invoke the functions that it names, and no other', () => {
    const named = Object.values(values).filter(
      (value) => typeof value === 'object' && JSON.stringify(value).includes('HandlerFunction'),
    );
    expect(named).toHaveLength(Object.keys(stepTimeoutSeconds).length);
    expect(mine('InvokeSteps').Resource).toEqual(expect.arrayContaining(named));
    expect(listed(mine('InvokeSteps').Resource)).toHaveLength(named.length);
  });

  it('may read lists and start itself, and nothing else of the same kind', () => {
    expect(JSON.stringify(mine('ReadLists').Resource)).toContain('/rollouts/*');
    expect(JSON.stringify(mine('StartChildren').Resource)).toMatch(
      /:stateMachine:golden-",\{"Ref":"EnvironmentName"\},"-rollout"\]\]\}\]$/,
    );
    expect(Properties['StateMachineName']).toEqual({
      'Fn::Join': ['', ['golden-', { Ref: 'EnvironmentName' }, '-rollout']],
    });
  });

  it('keeps its errors in a log, and nothing of what passes through it', () => {
    expect(Properties['LoggingConfiguration']).toMatchObject({
      Level: 'ERROR',
      IncludeExecutionData: false,
    });
    const { LogGroupName } = resources['RolloutMachineLog']?.Properties ?? {};
    expect(JSON.stringify(LogGroupName)).toMatch(
      /\/aws\/vendedlogs\/states\/golden-.*AWS::StackId/,
    );
  });

  it('has functions that may take as long as it waits for them', () => {
    for (const [name, seconds] of Object.entries(stepTimeoutSeconds))
      expect(resources[`${handlerConstructId(name)}HandlerFunction`]?.Properties['Timeout']).toBe(
        seconds,
      );
  });

  it('is started only where rollouts are switched on', () => {
    const { Environment } = resources['FanOutHandlerFunction']?.Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables['ROLLOUT_MACHINE_ARN']).toEqual({
      'Fn::If': ['RollsOut', { Ref: 'RolloutMachineStateMachine' }, ''],
    });
    const fanOut = JSON.stringify(resources['FanOutHandlerExecutionRole']);
    expect(fanOut).toMatch(/\{"Fn::If":\["RollsOut",\{"Sid":"StartRollout"/);
  });
});

describe('the functions of the rollout', () => {
  it.each([
    ['ListTargets', ['PlanRollout', 'JudgeWave'], 's3:PutObject'],
    ['AcquireLine', ['FinishRollout'], 'ssm:PutParameter'],
    ['AcquireLine', ['FinishRollout'], 'sns:Publish'],
    ['AcquireLine', [], 'states:DescribeExecution'],
    ['ListTargets', [], 'organizations:ListAccounts'],
    ['ListTargets', [], 'cloudformation:ListStackInstances'],
    ['SteerTarget', [], 'dynamodb:UpdateItem', ['AcquireLine', 'FinishRollout']],
  ] as const)(
    'give to %s and %j the right %s',
    (one, others, action, more: readonly string[] = []) => {
      const having = Object.keys(stepTimeoutSeconds)
        .map(handlerConstructId)
        .filter((name) =>
          JSON.stringify(resources[`${name}HandlerExecutionRole`]).includes(`"${action}"`),
        );
      expect(having.sort()).toEqual([one, ...others, ...more].sort());
    },
  );

  it('are told of the StackSet only where there is one', () => {
    const { Environment } = resources['ListTargetsHandlerFunction']?.Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables['STACK_SET_NAME']).toEqual({
      'Fn::If': [
        'HasWorkloadUnits',
        theOnly('AWS::CloudFormation::StackSet').Properties['StackSetName'],
        '',
      ],
    });
  });
});

describe('the dashboard of the infra template', () => {
  const { Properties } = theOnly('AWS::CloudWatch::Dashboard');
  const parts = (Properties['DashboardBody'] as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  const body = JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : idOf(part))).join(''),
  ) as { widgets: { type: string; properties: Record<string, unknown> }[] };

  it('shows every alarm, every function and every queue', () => {
    const [alarms] = body.widgets.filter(({ type }) => type === 'alarm');
    expect(alarms?.properties['alarms']).toEqual(
      ofType('AWS::CloudWatch::Alarm').map(([id]) => id),
    );
    const shown = JSON.stringify(body);
    for (const [id] of [...ofType('AWS::Lambda::Function'), ...ofType('AWS::SQS::Queue')])
      expect(shown).toContain(`"${id}"`);
  });

  it('reads logs that exist', () => {
    const sources = [...JSON.stringify(body).matchAll(/SOURCE '(\w+)'/g)].map(([, id]) => id ?? '');
    expect(sources.length).toBeGreaterThan(0);
    for (const id of sources) expect(resources[id]?.Type).toBe('AWS::Logs::LogGroup');
  });
});
