import type { Figures, MeasureName } from './measures.ts';

interface Row {
  readonly what: string;
  /** Which measure finds it. */
  readonly by: MeasureName;
  /** Nothing where it was not measured. */
  readonly figure: (figures: Partial<Figures>) => string | undefined;
}

const row = <Name extends MeasureName>(
  by: Name,
  what: string,
  figure: (own: Figures[Name]) => string,
): Row => ({
  by,
  what,
  figure: ({ [by]: own }) => (own === undefined ? undefined : figure(own)),
});

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const dollars = (value: number): string => `$${value.toFixed(2)}`;
const memory = ({ peakMegabytes }: { readonly peakMegabytes: number | undefined }): string =>
  peakMegabytes === undefined ? '' : `, at most ${whole(peakMegabytes)} MB`;
const fleets = ({ of100, of500, of1000 }: Figures['rollout']) => [of100, of500, of1000];
/** `1, 2 and 3` */
const listed = (values: readonly string[]): string =>
  values.join(', ').replace(/, ([^,]*)$/, ' and $1');
const range = (values: readonly number[]): string =>
  `${whole(Math.min(...values))} to ${whole(Math.max(...values))}`;

/** The figures of the README, in the order of its table. */
export const rows: readonly Row[] = [
  row(
    'demo',
    'the demo, synthesis included',
    (demo) => `${demo.seconds} s${memory(demo)} in one process`,
  ),
  row(
    'tests',
    'all tests, at most so much memory in all processes together',
    (tests) =>
      `${whole(tests.tests)} in ${whole(tests.seconds)} s on ${tests.cores} cores${memory(tests)}`,
  ),
  row('wire', 'signed calls a second, IAM on each, 16 in flight, from another process', (wire) =>
    whole(wire.callsPerSecond),
  ),
  row(
    'sizes',
    'infra template, which carries the workload template and eleven functions inline; workload template',
    ({ templateBytes }) =>
      `${whole(templateBytes['infra-account'] ?? NaN)} bytes of 1,000,000; ${whole(templateBytes['workload-account'] ?? NaN)} of 51,200`,
  ),
  row(
    'sizes',
    'bundles of the functions: the workload handler; the eleven others',
    ({ functionBytes }) => {
      const { WorkloadHandlerFunction: handler = NaN, ...others } = functionBytes;
      return `${whole(handler)} bytes; ${range(Object.values(others))}`;
    },
  ),
  row(
    'cold-load',
    'first load of each in a fresh Node, SDK and clients included: the workload handler; the others',
    ({ milliseconds, boto3 }) => {
      const { WorkloadHandlerFunction: handler = NaN, ...others } = milliseconds;
      const compared =
        boto3 === undefined
          ? ''
          : ` (${boto3.handlerToBoto3} of what boto3 takes to make the same clients; the goal was 0.6)`;
      return `${whole(handler)} ms${compared}; ${range(Object.values(others))} ms`;
    },
  ),
  row(
    'handler-calls',
    'AWS calls of one invocation of the workload handler for n groups',
    (calls) =>
      (['survey', 'refresh', 'refresh again', 'status'] as const)
        .map((action) => [action, calls[action]] as const)
        .map(([action, { perTarget, perGroup }]) => `\`${action}\` ${perTarget} + ${perGroup}n`)
        .join(', '),
  ),
  row(
    'rollout',
    'one image to 100, 500 and 1,000 accounts of one group each, in one wave, in the embedded AWS',
    (rollout) =>
      `${listed(fleets(rollout).map(({ rollout }) => whole(rollout.processorSeconds)))} s of processor time, at most ${listed(fleets(rollout).map(({ rollout }) => whole(rollout.peakMegabytes)))} MB`,
  ),
  row(
    'rollout',
    'AWS calls for one target of that, logs apart: in the infra account; in its own',
    ({ of1000 }) => {
      const { inTheInfraAccount, inTheWorkloadAccount } = of1000.rollout.callsPerTarget;
      return `${whole(inTheInfraAccount)}; ${whole(inTheWorkloadAccount)}, most of them looks, every half minute at first`;
    },
  ),
  row(
    'rollout',
    'from the notification to the last instance refresh begun, at 100 ms for each AWS call',
    (rollout) =>
      `${listed(fleets(rollout).map(({ rollout }) => whole(rollout.virtualSecondsToLastRefresh)))} virtual seconds: ${whole(rollout.of1000.rollout.accountsPerMinute)} accounts a minute`,
  ),
  row(
    'rollout',
    'the same by a sequential hub that does not wait for what it began',
    (rollout) =>
      `${listed(fleets(rollout).map(({ hubs }) => whole(hubs['goes-on']?.virtualSecondsToLastRefresh ?? NaN)))} virtual seconds`,
  ),
  row(
    'rollout',
    'the same by one that waits for each target, 100 accounts',
    ({ of100 }) =>
      `${whole((of100.hubs.waits?.virtualSecondsToLastRefresh ?? NaN) / 3_600)} virtual hours in ${of100.hubs.waits?.invocations ?? NaN} invocations`,
  ),
  row(
    'rollout',
    'list price of a rollout to 1,000 accounts: what the product uses; instances that run side by side meanwhile',
    ({ of1000 }) => {
      const { productDollars, dollars: all } = of1000.rollout.listPrice;
      return `${dollars(productDollars)}, most of it state transitions; ${dollars(all - productDollars)} (t3.medium)`;
    },
  ),
  row(
    'refreshes',
    'to a good image: five groups of five shapes at once, half an hour of watching included',
    (refreshes) =>
      `${range(Object.values(refreshes['harden.sh'].minutesToSuccessful))} virtual minutes`,
  ),
  row(
    'refreshes',
    'from the first bad instance in service until the first of them rolls back, and until the last is back: `drops-awslogs-driver.sh`; `wrong-cluster.sh`',
    (refreshes) =>
      (['drops-awslogs-driver.sh', 'wrong-cluster.sh'] as const)
        .map((payload) => refreshes[payload])
        .map(
          (one) =>
            `${one.minutesToFirstRollbackStarted} and ${one.minutesToLastRollbackSuccessful} virtual minutes, ${one.instancesInServiceOnIt} bad instances in groups of ${one.instancesOfAllGroups}`,
        )
        .join('; '),
  ),
  row(
    'bad-image',
    '`drops-awslogs-driver.sh` to 100 accounts of one instance each, in the waves of the template: who gets it; until it starts to go back, is gone, and the rollout has ended',
    ({ inWaves }) => badImage(inWaves),
  ),
  row('bad-image', 'the same without waves: no account goes first', ({ atOnce }) =>
    badImage(atOnce),
  ),
];

const badImage = (one: Figures['bad-image']['inWaves']): string =>
  `${one.instancesLaunchedFromIt} ${one.instancesLaunchedFromIt === 1 ? 'instance' : 'instances'} in ${one.accountsThatGotIt} of ${one.accounts} accounts; ${one.minutesToFirstRollbackStarted}, ${one.minutesToLastRollbackSuccessful} and ${one.minutesToHalted} virtual minutes`;

export const marks = { begin: '<!-- figures: begin -->', end: '<!-- figures: end -->' } as const;

const heading = ['what', 'figure', '`bench` ...'];

/** The first and the last cell of each row: what does not change from run to run. */
export const fixedCells = (): readonly (readonly [what: string, by: string])[] =>
  rows.map(({ what, by }) => [what, `\`${by}\``]);

/** What the table has for a row by now. */
const presentCell = (table: string, what: string): string | undefined =>
  table
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((cells) => cells.at(1) === what)
    ?.at(2);

/** The README with these figures in its table; rows that were not measured stay as they are. */
export function withFigures(readme: string, figures: Partial<Figures>): string {
  const [before, rest = ''] = readme.split(marks.begin);
  const [table = '', after] = rest.split(marks.end);
  if (before === undefined || after === undefined)
    throw new Error(`the README has no ${marks.begin} with ${marks.end} after it`);
  const lines = [
    heading,
    heading.map(() => '---'),
    ...rows.map(({ what, by, figure }) => [
      what,
      figure(figures) ?? presentCell(table, what) ?? 'not measured yet',
      `\`${by}\``,
    ]),
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `${before}${marks.begin}\n\n${lines.join('\n')}\n\n${marks.end}${after}`;
}
