import { type LogCode } from '@golden/shared/runtime/log.ts';

import { type HandlerName } from './handler-code.ts';

interface DashboardFacts {
  readonly region: string;
  readonly rolloutMachineArn: string;
  readonly functions: Readonly<
    Record<HandlerName, { readonly functionName: string; readonly logGroupName: string }>
  >;
  /** Names of queues by what people call them. */
  readonly queues: Readonly<Record<string, string>>;
  readonly alarmArns: readonly string[];
}

/** Source: CloudWatch API Reference, "Dashboard body structure and syntax". */
interface Widget {
  readonly type: 'alarm' | 'log' | 'metric' | 'text';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const periodSeconds = 300;
/** A dashboard is 24 columns wide. */
const half = 12;
const rowHeight = 6;

const builds = [
  'build-started',
  'image-recorded',
  'payload-rejected',
  'recipe-not-resolved',
] as const;
const ends = [
  'rollout-completed',
  'rollout-halted',
  'rollout-superseded',
  'rollout-aborted',
] as const;

/** What a dashboard of a line shows, most urgent first. */
export const dashboardBody = (facts: DashboardFacts): { readonly widgets: readonly Widget[] } => {
  const { region, rolloutMachineArn, functions, queues, alarmArns } = facts;
  const metrics = (title: string, lines: readonly Line[], statistic: 'Maximum' | 'Sum') => ({
    title,
    region,
    view: 'timeSeries',
    stat: statistic,
    period: periodSeconds,
    metrics: lines.map(({ namespace, metric, dimension, value, label }) => [
      namespace,
      metric,
      dimension,
      value,
      { label },
    ]),
  });
  const lastLines = (title: string, names: readonly HandlerName[], codes: readonly LogCode[]) => ({
    title,
    region,
    view: 'table',
    query: [
      ...names.map((name) => `SOURCE '${functions[name].logGroupName}'`),
      'fields @timestamp, @message',
      `filter @message like /${codes.join('|')}/`,
      'sort @timestamp desc',
      'limit 50',
    ].join(' | '),
  });
  const executions = (metric: string, label: string): Line => ({
    namespace: 'AWS/States',
    metric,
    dimension: 'StateMachineArn',
    value: rolloutMachineArn,
    label,
  });
  const perFunction = (metric: string): Line[] =>
    Object.entries(functions).map(([label, { functionName }]) => ({
      namespace: 'AWS/Lambda',
      metric,
      dimension: 'FunctionName',
      value: functionName,
      label,
    }));
  const perQueue = (metric: string): Line[] =>
    Object.entries(queues).map(([label, value]) => ({
      namespace: 'AWS/SQS',
      metric,
      dimension: 'QueueName',
      value,
      label,
    }));
  return {
    widgets: inRows([
      ['alarm', { title: 'Alarms', alarms: alarmArns }],
      [
        'metric',
        metrics(
          'Rollouts',
          [
            executions('ExecutionsStarted', 'started'),
            executions('ExecutionsSucceeded', 'came to an end'),
            executions('ExecutionsFailed', 'failed'),
            executions('ExecutionsAborted', 'aborted'),
          ],
          'Sum',
        ),
      ],
      ['log', lastLines('How builds went', ['start-build', 'fan-out'], builds)],
      ['log', lastLines('How rollouts ended', ['finish-rollout', 'acquire-line'], ends)],
      [
        'log',
        lastLines(
          'Plans, waves and their judgement',
          ['plan-rollout', 'gate-wave', 'judge-wave'],
          ['rollout-planned', 'wave-started', 'wave-judged'],
        ),
      ],
      ['log', lastLines('What became of targets', ['steer-target'], ['target-ended'])],
      ['metric', metrics('Errors of functions', perFunction('Errors'), 'Sum')],
      [
        'metric',
        metrics(
          'Seconds for which the oldest message waits',
          perQueue('ApproximateAgeOfOldestMessage'),
          'Maximum',
        ),
      ],
    ]),
  };
};

interface Line {
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: string;
  readonly value: string;
  readonly label: string;
}

/** Two to a row, in the order of reading. */
const inRows = (
  contents: readonly (readonly [Widget['type'], Widget['properties']])[],
): readonly Widget[] =>
  contents.map(([type, properties], index) => ({
    type,
    x: (index % 2) * half,
    y: Math.floor(index / 2) * rowHeight,
    width: half,
    height: rowHeight,
    properties,
  }));
