export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type MissingData = 'missing' | 'notBreaching' | 'breaching' | 'ignore';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export function isBreaching(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return comparison satisfies never;
  }
}

/** A data point of the evaluation range, or none. */
export type Point = 'breaching' | 'within' | 'missing';

/**
 * How many periods CloudWatch looks at. The documentation says only that they are more than the evaluation periods and
 * shows five for three.
 */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

export interface EvaluationRule {
  /** N */
  readonly evaluationPeriods: number;
  /** M */
  readonly datapointsToAlarm: number;
  readonly treatMissing: MissingData;
}

export interface Verdict {
  readonly state: StateValue;
  /** Points of the range that counted, as positions in it. */
  readonly counted: readonly number[];
  /** How many missing points were filled in. */
  readonly filled: number;
}

/**
 * The state that follows from the data points of the evaluation range.
 *
 * @param points oldest first
 * Source: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", with its two tables.
 */
export function evaluatePoints(
  points: readonly Point[],
  rule: EvaluationRule,
  current: StateValue,
): Verdict {
  const { evaluationPeriods, datapointsToAlarm, treatMissing } = rule;
  const present = points.flatMap((point, position) => (point === 'missing' ? [] : [position]));
  // Enough real data: the newest count and missing points do not matter.
  const counted = present.slice(-evaluationPeriods);
  const breaching = counted.filter((position) => points[position] === 'breaching').length;
  const lacking = evaluationPeriods - counted.length;
  const verdict = (state: StateValue, filled: number): Verdict => ({ state, counted, filled });
  if (breaching >= datapointsToAlarm) return verdict('ALARM', 0);
  if (lacking <= 0) return verdict('OK', 0);
  switch (treatMissing) {
    case 'notBreaching':
      return verdict('OK', lacking);
    case 'breaching':
      return verdict(breaching + lacking >= datapointsToAlarm ? 'ALARM' : 'OK', lacking);
    case 'ignore':
      return verdict(breaching < counted.length ? 'OK' : current, 0);
    case 'missing':
      if (breaching < counted.length) return verdict('OK', 0);
      return verdict(
        isOldEnough(points, datapointsToAlarm) ? 'ALARM' : 'INSUFFICIENT_DATA',
        lacking,
      );
    default:
      return treatMissing satisfies never;
  }
}

/**
 * Fewer breaching points than needed raise an alarm all the same when the oldest of them is at least as old as the
 * points needed and nothing within the threshold came since: waiting longer could not change it.
 */
function isOldEnough(points: readonly Point[], datapointsToAlarm: number): boolean {
  const oldest = points.indexOf('breaching');
  return oldest >= 0 && points.length - oldest >= datapointsToAlarm;
}
