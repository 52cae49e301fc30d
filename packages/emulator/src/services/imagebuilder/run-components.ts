import { GetComponentCommand } from '@aws-sdk/client-imagebuilder';
import { isAwsError } from '../../world/aws-error.ts';
import { requireArn } from './arns.ts';
import { executionFailed } from './build-failure.ts';
import { requireSession } from './build-instance.ts';
import {
  parseComponentDocument,
  type ComponentDocument,
  type Phase,
} from './component-document.ts';
import { findComponent } from './components.ts';
import type { Machine } from './machine.ts';
import { runStep, type StepMemory } from './run-step.ts';
import type { FailureContext } from './state.ts';

interface FetchedComponent {
  readonly arn: string;
  readonly document: ComponentDocument;
  readonly variables: ReadonlyMap<string, string>;
  readonly memory: StepMemory;
}

type ComponentFailure = NonNullable<FailureContext['componentFailure']>;

/**
 * Runs phases of all components of the recipe: each phase for every component in the recipe's order before the next.
 *
 * @throws BuildFailure for the first component that fails, after its log line
 */
export async function runComponents(machine: Machine, phases: readonly string[]): Promise<void> {
  const components: FetchedComponent[] = [];
  for (const configuration of machine.build.image.recipe.components)
    components.push(await fetch(machine, configuration));
  for (const phaseName of phases)
    for (const component of components) {
      const phase = component.document.phases.find(({ name }) => name === phaseName);
      if (!phase) continue;
      const failure = await runPhase(machine, component, phase);
      if (!failure) continue;
      machine.log.write(machine.build.scope.now, `Document ${component.arn} failed!`);
      throw executionFailed(machine.build.image, machine.executionId, {
        message: `Document ${component.arn} failed!`,
        component: failure,
      });
    }
}

/** The instance fetches a component's document itself, with its own role. */
async function fetch(
  machine: Machine,
  configuration: {
    componentArn?: string | undefined;
    parameters?: readonly { name?: string | undefined; value?: string[] | undefined }[] | undefined;
  },
): Promise<FetchedComponent> {
  const { build, instance, log } = machine;
  const asked = configuration.componentArn ?? '';
  // Wildcards are resolved by the service when the build runs.
  const arn =
    findComponent(build.scope, requireArn('componentArn', asked, 'component'))?.arn ?? asked;
  try {
    const { component } = await build.scope.send(
      new GetComponentCommand({ componentBuildVersionArn: arn }),
      { as: requireSession(build, instance) },
    );
    const document = parseComponentDocument(component?.data ?? '');
    const given = new Map(
      (configuration.parameters ?? []).map(({ name = '', value }) => [name, value?.[0] ?? '']),
    );
    const variables = new Map([
      ...document.parameters.map((parameter): [string, string] => [
        parameter.name,
        given.get(parameter.name) ?? parameter.default ?? '',
      ]),
      ...document.constants,
    ]);
    return { arn, document, variables, memory: new Map() };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    log.write(build.scope.now, `Failed to fetch ${arn}: ${error.message}`);
    throw executionFailed(build.image, machine.executionId, {
      message: `Document ${arn} failed!`,
      component: {
        componentArn: arn,
        phaseName: '',
        stepName: '',
        action: '',
        errorMessage: error.message,
      },
    });
  }
}

/** @returns the first failure that counts, or undefined */
async function runPhase(
  machine: Machine,
  component: FetchedComponent,
  phase: Phase,
): Promise<ComponentFailure | undefined> {
  const { build, log } = machine;
  log.write(build.scope.now, `Document ${component.arn}: phase ${phase.name}`);
  let failure: ComponentFailure | undefined;
  for (const step of phase.steps) {
    const outcome = await runStep(machine, {
      step,
      phase: phase.name,
      variables: component.variables,
      memory: component.memory,
    });
    if (outcome.ok || step.onFailure === 'Ignore') continue;
    failure ??= {
      componentArn: component.arn,
      phaseName: phase.name,
      stepName: step.name,
      action: step.action,
      errorMessage: outcome.message,
    };
    if (step.onFailure === 'Abort') return failure;
  }
  return failure;
}
