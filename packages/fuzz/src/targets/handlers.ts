import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { World } from '@golden/emulator';
import { logsState } from '@golden/emulator/services/logs/state.ts';
import { mutatedJson } from '../cases/mutated-json.ts';
import { Finding, shown } from '../finding.ts';
import {
  handlerNames,
  openRecordingStage,
  type HandlerName,
  type Recording,
} from '../recording-stage.ts';
import type { Target } from '../target.ts';

/** Lambda hands its lines on a second later. */
const logDeliveryMs = 1_100;
/** The most characters of a line that the product may log, and of what an error says. */
const logLineLengthMax = 16_384;
const errorMessageLengthMax = 4_096;
/** Step Functions passes on 256 KiB at most; every answer has to fit, whatever was asked. */
const answerBytesMax = 262_144;
/** After so many cases all is begun anew: the journal and the logs of a world only grow. */
const casesPerStage = 1_500;

/** The stage in which the handlers of all targets run, made again from time to time. */
class SharedStage {
  #recording: Promise<Recording> | undefined;
  #cases = 0;

  prepare(): Promise<Recording> {
    this.#cases += 1;
    if (this.#cases % casesPerStage === 0) this.#recording = undefined;
    return this.current();
  }

  current(): Promise<Recording> {
    return (this.#recording ??= openRecordingStage());
  }
}

export const sharedStage = new SharedStage();

/** Everything that functions and machines have logged since it was last asked for. */
export function takeLogLines(world: World): readonly string[] {
  const lines: string[] = [];
  for (const { state } of logsState.all(world))
    for (const { streams } of state.groups.values())
      for (const stream of streams.values()) {
        lines.push(...stream.events.map(({ message }) => message));
        stream.events = [];
      }
  return lines;
}

export function checkLogLines(lines: readonly string[]): void {
  for (const line of lines)
    if (line.length > logLineLengthMax)
      throw new Finding(`it logs a line of ${line.length} characters: ${shown(line)}`);
}

/** The last thing that a handler said of its work, e.g. `line-waits`. */
const lastLogCode = (lines: readonly string[]): string | undefined =>
  lines.flatMap((line) => /\\?"code\\?":\\?"([a-z-]+)/.exec(line)?.[1] ?? []).at(-1);

async function invoke(name: HandlerName, event: string): Promise<string> {
  const { stage, handlers, runCount } = await sharedStage.current();
  const { infra, world } = stage.fleet;
  const deployed = handlers.get(name);
  if (!deployed) throw new Error(`there is no handler ${name}`);
  const { functionName, account, region } = deployed;
  const owner = [...infra.organization.accounts.values()].find(({ id }) => id === account);
  if (!owner) throw new Error(`the organization has no account ${account}`);
  takeLogLines(world);
  const begin = world.journal.entries.length;
  const runsBefore = runCount(functionName);
  const answer = await infra
    .client(LambdaClient, { account: owner, region })
    .send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(event) }))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'InvalidRequestContentException')
        return undefined;
      throw error;
    });
  if (answer === undefined) return 'no JSON';
  const end = world.journal.entries.length;
  await world.scheduler.runFor(logDeliveryMs);
  const lines = takeLogLines(world);
  checkLogLines(lines);
  const text = Buffer.from(answer.Payload ?? []).toString();
  // Writes bear the name of the function and not of the run: those of another run beside ours could be either's.
  const isAlone = runCount(functionName) === runsBefore + 1;
  const writes = world.journal.entries
    .slice(isAlone ? begin : end, end)
    .filter(
      ({ by, writes: isWrite, error, service }) =>
        isWrite === true &&
        error === undefined &&
        service !== 'logs' &&
        service !== 'sts' &&
        by?.endsWith(`/${functionName}`) === true,
    );
  if (answer.FunctionError !== undefined) return judgeError(text, writes);
  if (text.length > answerBytesMax)
    throw new Finding(`it answers with ${text.length} bytes: ${shown(text)}`);
  const refusal = /"reason":"(request-invalid|other-line)"/.exec(text)?.[1];
  if (refusal !== undefined && writes.length > 0)
    throw new Finding(`it refuses with ${refusal} and has written: ${shown(writes)}`);
  return refusal ?? lastLogCode(lines) ?? 'done';
}

function judgeError(text: string, writes: readonly object[]): string {
  const { errorType = '', errorMessage = '' } = JSON.parse(text) as Record<
    string,
    string | undefined
  >;
  const code = /^GoldenError\.([a-z-]+)$/.exec(errorType)?.[1];
  if (code === undefined) throw new Finding(`it fails undeclared: ${shown(text)}`);
  if (errorMessage.length > errorMessageLengthMax)
    throw new Finding(`its error has ${errorMessage.length} characters: ${shown(text)}`);
  if (code !== 'payload-invalid') return code;
  if (!/: ?\S|"\S|is not JSON/.test(errorMessage))
    throw new Finding(`the refusal does not say what is wrong: ${shown(text)}`);
  if (writes.length > 0)
    throw new Finding(`it refuses the event and has written: ${shown(writes)}`);
  return code;
}

/** Each handler of the product, as its template deploys it. */
export const handlerTargets: readonly Target[] = handlerNames.map((name) => ({
  name: `handler-${name}`,
  weight: 18,
  open: async () => {
    const { handlers } = await sharedStage.current();
    return {
      cases: mutatedJson(handlers.get(name)?.events ?? []),
      prepare: () => sharedStage.prepare(),
      run: (event) => invoke(name, event),
    };
  },
}));
