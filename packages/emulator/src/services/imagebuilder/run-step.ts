import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isAwsError } from '../../world/aws-error.ts';
import { pause, pauseBetween } from './build-context.ts';
import { executionFailed } from './build-failure.ts';
import { requireSession } from './build-instance.ts';
import type { Step } from './component-document.ts';
import { follow, resolveExpressions } from './expressions.ts';
import type { ActionResult, Machine } from './machine.ts';
import { reboot } from './reboot.ts';
import { performAction } from './step-actions.ts';

/** Inputs and outputs of the steps that ran, by `phase.step`. */
export type StepMemory = Map<
  string,
  { readonly inputs: unknown; readonly outputs: Readonly<Record<string, string>> }
>;

export interface StepRun {
  readonly step: Step;
  readonly phase: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly memory: StepMemory;
}

export type StepOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

const stepStartMs = [500, 2_000] as const;
const rebootsPerStepMax = 20; // a limit of this emulator; AWS names none

/** Runs one step as often as its loop and its attempts ask for. */
export async function runStep(machine: Machine, run: StepRun): Promise<StepOutcome> {
  const { loop } = run.step;
  if (!loop) return attempt(machine, run, new Map());
  for (const [index, value] of loop.values.entries()) {
    const outcome = await attempt(
      machine,
      run,
      new Map([
        [`${loop.name}.index`, String(index)],
        [`${loop.name}.value`, value],
      ]),
    );
    if (!outcome.ok) return outcome;
  }
  return { ok: true };
}

async function attempt(
  machine: Machine,
  run: StepRun,
  loop: ReadonlyMap<string, string>,
): Promise<StepOutcome> {
  const { build, log } = machine;
  const { step, phase } = run;
  let outcome: StepOutcome = { ok: false, message: 'not run' };
  for (let number = 1; number <= step.maxAttempts; number += 1) {
    log.write(
      build.scope.now,
      `Step ${step.name} (${step.action}) of phase ${phase}, attempt ${number} of ${step.maxAttempts}`,
    );
    outcome = await once(machine, run, loop);
    if (outcome.ok) return outcome;
    log.write(build.scope.now, `Step ${step.name} failed: ${outcome.message}`);
  }
  return outcome;
}

async function once(
  machine: Machine,
  run: StepRun,
  loop: ReadonlyMap<string, string>,
): Promise<StepOutcome> {
  const { step, phase, memory } = run;
  const resolved = await resolveInputs(machine, run, loop);
  if ('problem' in resolved) return { ok: false, message: resolved.problem };
  for (let reboots = 0; reboots <= rebootsPerStepMax; reboots += 1) {
    const result = await timed(machine, step, resolved.inputs);
    memory.set(`${phase}.${step.name}`, { inputs: resolved.inputs, outputs: result.outputs });
    if (result.outcome === 'done') return { ok: true };
    if (result.outcome === 'failed') return { ok: false, message: result.message };
    machine.log.write(machine.build.scope.now, `Step ${step.name} reboots the instance`);
    await reboot(machine);
    if (result.outcome === 'reboot-and-continue') return { ok: true };
  }
  return { ok: false, message: `the step rebooted more than ${rebootsPerStepMax} times` };
}

/** Performs an action and lets the time pass that it takes. */
async function timed(machine: Machine, step: Step, inputs: unknown): Promise<ActionResult> {
  const { build } = machine;
  await pauseBetween(build, 'step-start', stepStartMs);
  const secondsMax = step.timeoutSeconds < 0 ? undefined : step.timeoutSeconds;
  const result = await performAction(machine, { action: step.action, inputs, secondsMax });
  await pause(build, Math.ceil(result.seconds * 1000));
  if (build.scope.now > machine.deadline)
    throw executionFailed(build.image, machine.executionId, {
      status: 'TimedOut',
      message:
        'Step timed out while step is Poll action status for completion. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.',
    });
  if (result.outcome !== 'failed' && secondsMax !== undefined && result.seconds > secondsMax)
    return {
      ...result,
      outcome: 'failed',
      message: `the step timed out after ${secondsMax} seconds`,
    };
  return result;
}

/** Texts in the inputs with every expression replaced by what it means now. */
async function resolveInputs(
  machine: Machine,
  run: StepRun,
  loop: ReadonlyMap<string, string>,
): Promise<{ readonly inputs: unknown } | { readonly problem: string }> {
  try {
    const inputs = await resolveExpressions(run.step.inputs, async (inner) => {
      const variable = run.variables.get(inner) ?? loop.get(inner);
      if (variable !== undefined) return variable;
      if (inner.startsWith('aws:ssm:')) return parameterValue(machine, inner);
      const chained = chainedValue(run.memory, inner);
      if (chained === undefined) throw new Unresolved(`'{{ ${inner} }}' has no value`);
      return chained;
    });
    return { inputs };
  } catch (error) {
    if (error instanceof Unresolved || isAwsError(error)) return { problem: error.message };
    throw error;
  }
}

class Unresolved extends Error {
  override readonly name = 'Unresolved';
}

function chainedValue(memory: StepMemory, inner: string): string | undefined {
  const [phase = '', step = '', ...rest] = inner.split('.');
  const value = follow(memory.get(`${phase}.${step}`), rest.join('.'));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** `aws:ssm:/name` and `aws:ssm:resolve(name)` are read by the instance, with its own role. */
async function parameterValue(machine: Machine, inner: string): Promise<string> {
  const { build, instance } = machine;
  const name = inner
    .slice('aws:ssm:'.length)
    .replace(/^resolve\((.*)\)$/, '$1')
    .trim();
  const { Parameter } = await build.scope.send(
    new GetParameterCommand({ Name: name, WithDecryption: true }),
    { as: requireSession(build, instance) },
  );
  return Parameter?.Value ?? '';
}
