import * as client from '@aws-sdk/client-dynamodb';
import { readServiceModel } from '../../wire/model.ts';

export const dynamodbModel = readServiceModel(client);
