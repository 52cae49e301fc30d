import { AwsError } from '../../../world/aws-error.ts';

/** Source: API reference, ValidateStateMachineDefinitionDiagnostic; the last two as CreateStateMachine answers them. */
export type ProblemCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_END_STATE'
  | 'MISSING_TRANSITION_TARGET'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION';

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** Such as `/States/Ask/Next`; AWS writes `null` for a problem without one. */
  readonly location: string | null;
}

/** Step Functions API Reference, ValidateStateMachineDefinition, `maxResults`: 100 diagnostics at most, and `truncated` beyond. */
const problemsMax = 100;

/** What is wrong with a definition: AWS names all of it in one answer, up to a limit. */
export class Problems {
  readonly #found: Problem[] = [];

  add(code: ProblemCode, message: string, location: string | null): void {
    this.#found.push({ code, message, location });
  }

  schema(message: string, location: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, location);
  }

  unmodelled(what: string, location: string): void {
    this.schema(`${what} is not modelled by this emulator`, location);
  }

  /** @throws AwsError `InvalidDefinition` */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const texts = this.#found
      .slice(0, problemsMax)
      .map(({ code, message, location }) => `${code}: ${message} at ${String(location)}`);
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: '${texts.join(', ')}'`,
    );
  }
}
