import type { Catcher, Retrier } from './definition.ts';
import { checkExpressions } from './check-expressions.ts';
import type { FieldReader } from './field-reader.ts';
import { isJsonArray } from './json-kinds.ts';
import { readAssign } from './read-assign.ts';

/** Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows", fields of a retrier. */
const delaySecondsMax = 31_622_399; // less than 31,622,400
const intervalSecondsMax = 99_999_999;
const attemptsMax = 99_999_999;
const defaults = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 } as const;

/** The retriers of a state; see {@link decideRetry} for what they do. */
export const parseRetriers = (state: FieldReader): readonly Retrier[] =>
  state.objects('Retry').map((retrier, index, all) => {
    retrier.allowOnly([
      'Comment',
      'ErrorEquals',
      'IntervalSeconds',
      'MaxAttempts',
      'BackoffRate',
      'MaxDelaySeconds',
      'JitterStrategy',
    ]);
    const IntervalSeconds =
      retrier.number('IntervalSeconds', { min: 1, max: intervalSecondsMax, whole: true }) ??
      defaults.IntervalSeconds;
    const MaxDelaySeconds = retrier.number('MaxDelaySeconds', {
      min: 1,
      max: delaySecondsMax,
      whole: true,
    });
    if (MaxDelaySeconds !== undefined && MaxDelaySeconds <= IntervalSeconds)
      retrier.problems.schema(
        'MaxDelaySeconds must be greater than IntervalSeconds',
        retrier.at('MaxDelaySeconds'),
      );
    return {
      ErrorEquals: errorEquals(retrier, index === all.length - 1),
      IntervalSeconds,
      MaxAttempts:
        retrier.number('MaxAttempts', { min: 0, max: attemptsMax, whole: true }) ??
        defaults.MaxAttempts,
      BackoffRate: retrier.number('BackoffRate', { min: 1, whole: false }) ?? defaults.BackoffRate,
      ...(MaxDelaySeconds === undefined ? {} : { MaxDelaySeconds }),
      JitterStrategy: retrier.oneOf('JitterStrategy', ['NONE', 'FULL']) ?? 'NONE',
    };
  });

export const parseCatchers = (state: FieldReader): readonly Catcher[] =>
  state.objects('Catch').map((catcher, index, all) => {
    catcher.require(['Next']);
    catcher.allowOnly(['Comment', 'ErrorEquals', 'Next', 'Assign', 'Output']);
    checkExpressions(catcher, ['Assign', 'Output'], ['input', 'context', 'errorOutput']);
    const Assign = readAssign(catcher);
    const Output = catcher.get('Output');
    return {
      ErrorEquals: errorEquals(catcher, index === all.length - 1),
      Next: catcher.text('Next') ?? '',
      ...(Assign === undefined ? {} : { Assign }),
      ...(Output === undefined ? {} : { Output }),
    };
  });

const errorEquals = (reader: FieldReader, isLast: boolean): readonly string[] => {
  const { problems } = reader;
  const location = reader.at('ErrorEquals');
  const value = reader.get('ErrorEquals');
  if (value === undefined) {
    reader.require(['ErrorEquals']);
    return [];
  }
  const names = isJsonArray(value) ? value.filter((name) => typeof name === 'string') : [];
  if (!isJsonArray(value) || names.length !== value.length)
    problems.schema('Expected value of type [ARRAY] of [STRING]', location);
  else if (names.length === 0) problems.schema('ErrorEquals must not be empty', location);
  if (names.includes('States.ALL')) {
    if (names.length > 1) problems.schema('States.ALL must appear alone', location);
    if (!isLast) problems.schema('States.ALL must appear in the last element', location);
  }
  return names;
};
