import * as client from '@aws-sdk/client-imagebuilder';
import { readServiceModel } from '../../wire/model.ts';

export const imageBuilderModel = readServiceModel(client);
