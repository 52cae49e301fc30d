import type * as client from '@aws-sdk/client-dynamodb';
import { defineState } from '../../world/state.ts';
import type { TableShape } from './dynalite.ts';
import type { ItemStore } from './item-store.ts';

export interface TimeToLive {
  readonly attribute: string;
  readonly status: 'ENABLING' | 'ENABLED' | 'DISABLING';
}

interface PointInTimeRecovery {
  readonly enabledAt: number;
  readonly periodDays: number;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly shape: TableShape;
  readonly keySchema: client.KeySchemaElement[];
  readonly attributeDefinitions: client.AttributeDefinition[];
  status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';
  billingMode: client.BillingMode;
  /** When the table went over to it. */
  onDemandSince: Date | undefined;
  throughput: { readonly read: number; readonly write: number };
  sse: client.SSEDescription | undefined;
  isDeletionProtected: boolean;
  timeToLive: TimeToLive | undefined;
  /** Expiry times that a deletion is scheduled for, by item key. */
  readonly expiries: Map<string, number>;
  recovery: PointInTimeRecovery | undefined;
  tags: Map<string, string>;
  readonly items: ItemStore;
  /** DynamoDB counts items about every six hours. */
  counted: { readonly at: number; readonly count: number; readonly bytes: number };
}

export const dynamodbState = defineState('dynamodb', 'regional', () => ({
  tables: new Map<string, Table>(),
}));
