import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { stackSetResource } from './stack-set-resource.ts';

/** The resource types that CloudFormation itself brings along. */
export const cloudFormationResources: readonly ResourceProvider[] = [stackSetResource];
