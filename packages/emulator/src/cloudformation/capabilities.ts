import type { Capability } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../world/aws-error.ts';
import type { Template } from './template.ts';
import { ownMember } from '../wire/own-member.ts';

/**
 * Resource types that give permissions, with the property that gives them a name of one's own.
 *
 * Source: CloudFormation API Reference, CreateStack, "Capabilities".
 */
const namePropertyByIamType: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': undefined,
};

/** What a caller has to acknowledge, and the resource types why. */
export function requiredCapabilities(template: Template): {
  readonly capabilities: readonly Capability[];
  readonly types: readonly string[];
} {
  const resources = [...template.resources.values()].filter(
    ({ type }) => type in namePropertyByIamType,
  );
  const types = [...new Set(resources.map(({ type }) => type))];
  if (types.length === 0) return { capabilities: [], types };
  const isNamed = resources.some(({ type, properties }) => {
    const name = ownMember(namePropertyByIamType, type);
    return name !== undefined && properties[name] !== undefined;
  });
  return { capabilities: [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'], types };
}

/** @throws AwsError InsufficientCapabilitiesException */
export function requireCapabilities(template: Template, given: readonly string[]): void {
  // The stronger acknowledgement includes the weaker one.
  const missing = requiredCapabilities(template).capabilities.filter(
    (wanted) => !given.includes(wanted) && !given.includes('CAPABILITY_NAMED_IAM'),
  );
  if (missing.length > 0)
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
    );
}
