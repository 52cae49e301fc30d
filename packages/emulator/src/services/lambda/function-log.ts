import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { isAwsError, AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { logBatches, type LogLine } from '../logs/log-batches.ts';

/** Lambda gathers lines and hands them on a little later. AWS states no figure. */
const deliveryMs = 1_000;
const lineLengthMax = 262_144; // Lambda Developer Guide: longer lines are split; here they are cut
const tailBytes = 4_096; // Lambda API Reference, Invoke, LogResult: the last 4 KB

/** The log stream of one execution environment. It is written as the function's role, so a role may have to do without. */
export class FunctionLog {
  readonly #scope: Scope;
  readonly #role: AssumedRolePrincipal;
  readonly #group: string;
  readonly #stream: string;
  #pending: LogLine[] = [];
  #tail = '';
  #isScheduled = false;
  #isStreamThere = false;
  #isLost = false;

  constructor(
    scope: Scope,
    place: { readonly role: AssumedRolePrincipal; readonly group: string; readonly stream: string },
  ) {
    this.#scope = scope;
    this.#role = place.role;
    this.#group = place.group;
    this.#stream = place.stream;
  }

  write(line: string): void {
    const message = line.replace(/\n$/, '').slice(0, lineLengthMax);
    this.#tail = `${this.#tail}${message}\n`.slice(-tailBytes);
    if (message === '') return;
    this.#pending.push({ timestamp: this.#scope.now, message });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scope.after(deliveryMs, 'log delivery', () => this.#deliver());
  }

  /** What was written since the last call; the end of it, when it is long. */
  takeTail(): string {
    const tail = this.#tail;
    this.#tail = '';
    return tail;
  }

  async #deliver(): Promise<void> {
    this.#isScheduled = false;
    const lines = this.#pending;
    this.#pending = [];
    if (this.#isLost) return;
    try {
      await this.#requireStream();
      for (const logEvents of logBatches(lines))
        await this.#scope.send(
          new PutLogEventsCommand({
            logGroupName: this.#group,
            logStreamName: this.#stream,
            logEvents: [...logEvents],
          }),
          { as: this.#role },
        );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#isLost = true;
      this.#scope.record('logs-lost', {
        group: this.#group,
        stream: this.#stream,
        reason: `${error.code}: ${error.message}`,
      });
    }
  }

  /** Lambda makes the group too, if the role lets it. */
  async #requireStream(): Promise<void> {
    if (this.#isStreamThere) return;
    const names = { logGroupName: this.#group, logStreamName: this.#stream };
    const create = () => this.#scope.send(new CreateLogStreamCommand(names), { as: this.#role });
    try {
      await create();
    } catch (error) {
      if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
      await this.#scope.send(new CreateLogGroupCommand({ logGroupName: this.#group }), {
        as: this.#role,
      });
      await create();
    }
    this.#isStreamThere = true;
  }
}
