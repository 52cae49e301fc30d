import * as client from '@aws-sdk/client-dynamodb';
import { readServiceModel } from '../../wire/model.ts';
import constraints from './constraints.json' with { type: 'json' };

export const dynamodbModel = readServiceModel(client, constraints);
