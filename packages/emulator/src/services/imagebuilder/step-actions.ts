import { runScript } from '../../image-model/index.ts';
import { isRecord } from '../../wire/scalars.ts';
import { executionFailed } from './build-failure.ts';
import { fileScript } from './file-actions.ts';
import { quote, type ActionResult, type Machine } from './machine.ts';
import { download } from './s3-download.ts';

export interface ActionRequest {
  readonly action: string;
  readonly inputs: unknown;
  readonly secondsMax: number | undefined;
}

/** Source: IB User Guide, "Action modules supported by AWSTOE component manager", ExecuteBash. */
const rebootExitCode = 194;

/** Performs one action of a component on a machine. */
export function performAction(machine: Machine, request: ActionRequest): Promise<ActionResult> {
  switch (request.action) {
    case 'ExecuteBash':
      return executeBash(machine, request);
    case 'S3Download':
      return download(machine, listOf(request.inputs));
    case 'UpdateOS':
      return updateOs(machine, request);
    case 'Reboot':
      return Promise.resolve({
        outcome: 'reboot-and-continue',
        message: '',
        seconds: delayOf(request.inputs),
        outputs: {},
      });
    default:
      return onFiles(machine, request);
  }
}

const listOf = (inputs: unknown): Readonly<Record<string, unknown>>[] =>
  (Array.isArray(inputs) ? (inputs as readonly unknown[]) : []).filter(isRecord);

const delayOf = (inputs: unknown): number =>
  isRecord(inputs) ? Number(inputs['delaySeconds'] ?? 0) : 0;

/** The commands of one step are one script. */
async function executeBash(machine: Machine, request: ActionRequest): Promise<ActionResult> {
  const commands: unknown = isRecord(request.inputs) ? request.inputs['commands'] : [];
  const lines = Array.isArray(commands) ? commands.map(String) : [];
  return bash(machine, `${lines.join('\n')}\n`, request.secondsMax);
}

async function bash(
  machine: Machine,
  script: string,
  secondsMax: number | undefined,
): Promise<ActionResult> {
  const { build, instance, log, executionId } = machine;
  if (!instance.system)
    throw executionFailed(build.image, executionId, {
      message: `The instance ${instance.id} is ${instance.state}`,
    });
  const result = await runScript(
    instance.system,
    script,
    secondsMax === undefined ? {} : { secondsMax },
  );
  const { now } = build.scope;
  log.write(now, result.stdout);
  log.write(now, result.stderr);
  log.write(now, `exit code ${result.exitCode}`);
  if (result.unmodelled.length > 0) {
    log.write(now, `commands that this emulator does not model: ${result.unmodelled.join(', ')}`);
    build.scope.record('unmodelled-commands', {
      arn: build.image.arn,
      commands: result.unmodelled,
    });
  }
  const outputs = { stdout: result.stdout.replace(/\n$/, '') };
  const { seconds } = result;
  if (result.exitCode === 0) return { outcome: 'done', message: '', seconds, outputs };
  if (result.exitCode === rebootExitCode)
    return { outcome: 'reboot-and-repeat', message: '', seconds, outputs };
  return { outcome: 'failed', message: failureText(result), seconds, outputs };
}

const messageLengthMax = 1_024; // Image Builder API Reference, ComponentFailureContext, errorMessage is cut there

const failureText = (result: { exitCode: number; stderr: string; timedOut: boolean }): string =>
  `${result.timedOut ? 'timed out, ' : ''}exit status ${result.exitCode}${result.stderr === '' ? '' : `: ${result.stderr.trim()}`}`.slice(
    0,
    messageLengthMax,
  );

function updateOs(machine: Machine, request: ActionRequest): Promise<ActionResult> {
  const inputs = isRecord(request.inputs) ? request.inputs : {};
  const names = (key: string): string[] => {
    const value = inputs[key];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const exclude = names('exclude')
    .map((name) => `--exclude=${quote(name)} `)
    .join('');
  return bash(
    machine,
    `dnf -y update ${exclude}${names('include').map(quote).join(' ')}\n`,
    request.secondsMax,
  );
}

/** File actions are done one entry after the other; the first that fails ends the step. */
async function onFiles(machine: Machine, request: ActionRequest): Promise<ActionResult> {
  let seconds = 0;
  const contents: string[] = [];
  for (const entry of listOf(request.inputs)) {
    const result = await bash(machine, fileScript(request.action, entry), request.secondsMax);
    seconds += result.seconds;
    contents.push(result.outputs['stdout'] ?? '');
    if (result.outcome !== 'done')
      return { outcome: 'failed', message: result.message, seconds, outputs: {} };
  }
  const outputs: Record<string, string> =
    request.action === 'ReadFile' ? { content: contents.join('\n') } : {};
  return { outcome: 'done', message: '', seconds, outputs };
}
