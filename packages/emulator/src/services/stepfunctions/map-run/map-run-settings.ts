import type { MapState } from '../asl/definition.ts';
import type { Evaluation } from '../asl/evaluation.ts';
import { evaluateNumber } from './evaluate-number.ts';
import type { MapRunSettings } from './map-run-state.ts';

/**
 * The concurrency and the tolerance of a map run, as its state says them. Without `MaxConcurrency` it is 0.
 *
 * Source: Step Functions Developer Guide, "Distributed mode", "Tolerated failure threshold for Distributed Map states".
 * @throws StateError States.QueryEvaluationError
 */
export async function evaluateSettings(
  state: MapState,
  evaluation: Evaluation,
): Promise<MapRunSettings> {
  const { MaxConcurrency, ToleratedFailureCount, ToleratedFailurePercentage } = state;
  const settings: MapRunSettings = {
    maxConcurrency: await evaluateNumber(MaxConcurrency ?? 0, evaluation, {
      field: 'MaxConcurrency',
      min: 0,
      isInteger: true,
    }),
  };
  if (ToleratedFailureCount !== undefined)
    settings.toleratedFailureCount = await evaluateNumber(ToleratedFailureCount, evaluation, {
      field: 'ToleratedFailureCount',
      min: 0,
      isInteger: true,
    });
  if (ToleratedFailurePercentage !== undefined)
    settings.toleratedFailurePercentage = await evaluateNumber(
      ToleratedFailurePercentage,
      evaluation,
      { field: 'ToleratedFailurePercentage', min: 0, max: 100, isInteger: false },
    );
  return settings;
}
