import * as v from 'valibot';
import { blockSentence, warningSentence } from '../plan/block-sentence.ts';
import { parseWith, text } from './parse.ts';
import { oldestWorkloadSchema, workloadSchemaVersion } from './workload-request.ts';
import { blockValues, groupStates, warningValues } from './workload-response.ts';
import type { Block, GroupReport, Warning } from './workload-response.ts';

/** A reason as a handler sent it, with the sentence that it does not carry itself. */
export interface Explained {
  reason: string;
  /** Without its full stop. */
  sentence: string;
}

export type ExplainedReport = Omit<GroupReport, 'block' | 'warnings'> & {
  block?: Explained;
  warnings?: readonly Explained[];
};

/** What a target answered, read and explained: the same words, whichever version of the messages its handler speaks. */
export type TargetAnswer =
  | { outcome: 'answered'; warnings: readonly Explained[]; groups: readonly ExplainedReport[] }
  | { outcome: 'refused'; block: Explained };

const valueLengthMax = 2_000;
const groupsMax = 2_000;
const warningsMax = 100;
/** A whole answer is no longer. */
const sentenceLengthMax = 200_000;
const short = v.pipe(v.string(), v.maxLength(valueLengthMax));
const listOf = <S extends v.GenericSchema>(item: S, itemsMax: number) =>
  v.pipe(v.array(item), v.maxLength(itemsMax));

/** A reason with values; one that a newer handler knows and we do not is kept as it came. */
const said = v.pipe(
  v.objectWithRest({ reason: text(100) }, v.union([short, v.number()])),
  v.check((value) => Object.keys(value).length <= 20, 'has too many values'),
);

/** What stands in a report whether or not it is explained. */
const reportEntries = {
  group: short,
  state: v.picklist(groupStates),
  size: v.number(),
  image: short,
  reason: v.exactOptional(short),
  refresh: v.exactOptional(v.object({ id: short, status: short, percentageComplete: v.number() })),
  registration: v.exactOptional(v.picklist(['checked', 'not-checked'])),
};

const reportSchema = v.object({
  ...reportEntries,
  block: v.exactOptional(said),
  detail: v.exactOptional(v.string()),
  warnings: v.exactOptional(listOf(said, warningsMax)),
});

const schema = v.picklist([oldestWorkloadSchema, workloadSchemaVersion]);
const responseSchema = v.variant('outcome', [
  v.object({ schema, outcome: v.literal('refused'), block: said }),
  v.object({
    schema,
    outcome: v.literal('answered'),
    warnings: listOf(said, warningsMax),
    groups: listOf(reportSchema, groupsMax),
  }),
]);

export const explainedSchema = v.object({
  reason: text(100),
  sentence: v.pipe(v.string(), v.maxLength(sentenceLengthMax)),
});

/** The shape of an {@link ExplainedReport}: of what is passed on and stored once an answer was read. */
export const explainedReportSchema = v.object({
  ...reportEntries,
  block: v.exactOptional(explainedSchema),
  detail: v.exactOptional(short),
  warnings: v.exactOptional(listOf(explainedSchema, warningsMax)),
});

/** The shape of a {@link TargetAnswer}. */
export const targetAnswerSchema = v.variant('outcome', [
  v.object({ outcome: v.literal('refused'), block: explainedSchema }),
  v.object({
    outcome: v.literal('answered'),
    warnings: listOf(explainedSchema, warningsMax),
    groups: listOf(explainedReportSchema, groupsMax),
  }),
]);

type Said = v.InferOutput<typeof said>;

/**
 * Reads the answer of a workload account's handler: it comes from another account, so it is not trusted to have a shape.
 *
 * @throws PayloadError
 */
export const parseTargetAnswer = (response: unknown): TargetAnswer => {
  const answer = parseWith(responseSchema, response, 'answer of a target');
  if (answer.outcome === 'refused')
    return { outcome: 'refused', block: explainBlock(answer.block) };
  return {
    outcome: 'answered',
    warnings: answer.warnings.map(explainWarning),
    groups: answer.groups.map(({ block, warnings, detail, ...rest }) => ({
      ...rest,
      ...(isUnknown(answer.schema, rest) && { state: 'unknown' }),
      ...(block && { block: explainBlock(block) }),
      ...(detail !== undefined && { detail: detail.slice(0, valueLengthMax) }),
      ...(warnings && { warnings: warnings.map(explainWarning) }),
    })),
  };
};

/** Version 1 has no word for a group whose call failed, passing or not: it may well be on its way. */
const isUnknown = (schema: number, report: Pick<GroupReport, 'state' | 'reason'>): boolean =>
  schema === oldestWorkloadSchema && report.state === 'failed' && report.reason === 'aws-error';

/** Whether a reason is one of ours, with all the values that belong to it. */
const isKnown = (value: Said, known: Readonly<Record<string, readonly string[]>>): boolean =>
  Object.hasOwn(known, value.reason) &&
  (known[value.reason] ?? []).every((name) => Object.hasOwn(value, name));

const isBlock = (value: Said): value is Said & Block => isKnown(value, blockValues);
const isWarning = (value: Said): value is Said & Warning => isKnown(value, warningValues);

const explainBlock = (value: Said): Explained =>
  isBlock(value) ? { reason: value.reason, sentence: blockSentence(value) } : unknown(value);

const explainWarning = (value: Said): Explained =>
  isWarning(value) ? { reason: value.reason, sentence: warningSentence(value) } : unknown(value);

const unknown = ({ reason, ...values }: Said): Explained => ({
  reason,
  sentence: `the handler says ${reason} ${JSON.stringify(values)}, which this release does not know; deploy the release that the handler comes from`,
});
