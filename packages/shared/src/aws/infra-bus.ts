import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GoldenError } from '../model/golden-error.ts';
import { lateRollbackDetailType, lineEventSource } from '../payload/late-rollback-event.ts';
import type { LateRollbackDetail } from '../payload/late-rollback-event.ts';
import { clientOptions } from './client-options.ts';

/** The bus on which workload accounts tell the infra account what nobody asked them. */
export interface InfraBus {
  /** @throws GoldenError `event-refused`, retryable; saying it twice does no harm */
  tell(detail: LateRollbackDetail): Promise<void>;
}

export const eventBridgeClientIn = (region: string): EventBridgeClient =>
  new EventBridgeClient(clientOptions(region));

/**
 * A bus of another account is named by its ARN, and the call goes to the endpoint of the bus's Region: EventBridge takes no
 * PutEvents across Regions. Its policy has to let this account in, our own role to let us out.
 *
 * Source: EventBridge API Reference, PutEvents; User Guide, "Permissions for event buses".
 *
 * @param client of the bus's Region
 */
export const makeInfraBus = (client: EventBridgeClient, busArn: string): InfraBus => ({
  tell: async (detail) => {
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: busArn,
            Source: lineEventSource(detail.line),
            DetailType: lateRollbackDetailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    // Entries fail one by one, in a call that succeeds.
    if (FailedEntryCount !== 0)
      throw new GoldenError({
        code: 'event-refused',
        message: `the infra bus took no event: ${JSON.stringify(Entries)}`,
        retryable: true,
      });
  },
});
