import type { Scope } from '../../world/scope.ts';

/** Images and snapshots carry no account in their ARN; everything else does. Source: Service Authorization Reference, EC2. */
export const imageArn = (scope: Scope, id: string): string =>
  scope.arn(`image/${id}`, { service: 'ec2', account: '' });

export const snapshotArn = (scope: Scope, id: string): string =>
  scope.arn(`snapshot/${id}`, { service: 'ec2', account: '' });

export const ec2Arn = (scope: Scope, type: string, id: string): string =>
  scope.arn(`${type}/${id}`, { service: 'ec2' });

/** The ARN behind the prefix of a resource id, such as `i-...`. */
export function arnOfId(scope: Scope, id: string): string | undefined {
  const prefix = id.slice(0, Math.max(0, id.lastIndexOf('-')));
  switch (prefix) {
    case 'ami':
      return imageArn(scope, id);
    case 'snap':
      return snapshotArn(scope, id);
    case 'i':
      return ec2Arn(scope, 'instance', id);
    case 'vol':
      return ec2Arn(scope, 'volume', id);
    case 'vpc':
      return ec2Arn(scope, 'vpc', id);
    case 'subnet':
      return ec2Arn(scope, 'subnet', id);
    case 'sg':
      return ec2Arn(scope, 'security-group', id);
    case 'lt':
      return ec2Arn(scope, 'launch-template', id);
    default:
      return undefined;
  }
}

/** The type that DescribeTags and tag specifications name. */
export const resourceTypeOf = (id: string): string =>
  ({
    ami: 'image',
    snap: 'snapshot',
    i: 'instance',
    vol: 'volume',
    vpc: 'vpc',
    subnet: 'subnet',
    sg: 'security-group',
    lt: 'launch-template',
  })[id.slice(0, Math.max(0, id.lastIndexOf('-')))] ?? 'unknown';
