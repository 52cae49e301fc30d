import * as client from '@aws-sdk/client-imagebuilder';
import { readServiceModel } from '../../wire/model.ts';
import constraints from './constraints.json' with { type: 'json' };

export const imageBuilderModel = readServiceModel(client, constraints);
