import { evaluate } from './intrinsics.ts';
import { namesDuring, type Application } from './apply-content.ts';
import { findExport, importersOf, type StackOutput } from './stack-state.ts';
import { validationError } from './validation-error.ts';

/**
 * Evaluates the outputs of content whose resources are all there.
 *
 * @throws AwsError ValidationError; also for exports that collide, or that change while others use them
 */
export function settleOutputs(application: Application): readonly StackOutput[] {
  const { run, content } = application;
  const names = namesDuring(application);
  const outputs = content.prepared.outputs.map(
    ({ name, value, description, exportName }): StackOutput => ({
      name,
      value: outputText(name, evaluate(value, names)),
      description,
      exportName:
        exportName === undefined ? undefined : outputText(name, evaluate(exportName, names)),
    }),
  );
  for (const { exportName } of outputs) {
    if (exportName === undefined) continue;
    const holder = findExport(run.scope, exportName);
    if (holder && holder.stack !== run.stack)
      throw validationError(
        `Export with name ${exportName} is already exported by stack ${holder.stack.name}.`,
      );
  }
  checkUsedExports(application, outputs);
  return outputs;
}

function outputText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw validationError(
    `Template format error: Output ${name} is malformed. The Value field of every Outputs member must evaluate to a String.`,
  );
}

function checkUsedExports({ run }: Application, outputs: readonly StackOutput[]): void {
  const { scope, stack } = run;
  for (const { exportName, value } of stack.outputs) {
    if (exportName === undefined) continue;
    const [user] = importersOf(scope, exportName).filter((other) => other !== stack);
    if (!user) continue;
    const after = outputs.find((output) => output.exportName === exportName);
    if (after?.value === value) continue;
    throw validationError(
      after
        ? `Cannot update export ${exportName} as it is in use by ${user.name}`
        : `Cannot delete export ${exportName} as it is in use by ${user.name}`,
    );
  }
}
