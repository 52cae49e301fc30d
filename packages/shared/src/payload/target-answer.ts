import * as v from 'valibot';
import { blockSentence, warningSentence } from '../plan/block-sentence.ts';
import { parseWith, text } from './parse.ts';
import { workloadSchemaVersion } from './workload-request.ts';
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

/** What a target answered, read and explained. */
export type TargetAnswer =
  | { outcome: 'answered'; warnings: readonly Explained[]; groups: readonly ExplainedReport[] }
  | { outcome: 'refused'; block: Explained };

const valueLengthMax = 2_000;
const groupsMax = 2_000;
const short = v.pipe(v.string(), v.maxLength(valueLengthMax));

/** A reason with values; one that a newer handler knows and we do not is kept as it came. */
const said = v.pipe(
  v.objectWithRest({ reason: text(100) }, v.union([short, v.number()])),
  v.check((value) => Object.keys(value).length <= 20, 'has too many values'),
);

const reportSchema = v.object({
  group: short,
  state: v.picklist(groupStates),
  size: v.number(),
  image: short,
  block: v.optional(said),
  reason: v.optional(short),
  detail: v.optional(v.string()),
  warnings: v.optional(v.pipe(v.array(said), v.maxLength(100))),
  refresh: v.optional(v.object({ id: short, status: short, percentageComplete: v.number() })),
  registration: v.optional(v.picklist(['checked', 'not-checked'])),
});

const schema = v.literal(workloadSchemaVersion);
const responseSchema = v.variant('outcome', [
  v.object({ schema, outcome: v.literal('refused'), block: said }),
  v.object({
    schema,
    outcome: v.literal('answered'),
    warnings: v.pipe(v.array(said), v.maxLength(100)),
    groups: v.pipe(v.array(reportSchema), v.maxLength(groupsMax)),
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
    groups: answer.groups.map(
      ({ block, warnings, reason, detail, refresh, registration, ...rest }) => ({
        ...rest,
        ...(block && { block: explainBlock(block) }),
        ...(reason !== undefined && { reason }),
        ...(detail !== undefined && { detail: detail.slice(0, valueLengthMax) }),
        ...(warnings && { warnings: warnings.map(explainWarning) }),
        ...(refresh && { refresh }),
        ...(registration && { registration }),
      }),
    ),
  };
};

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
