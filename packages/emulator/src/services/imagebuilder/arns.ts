import type { Scope } from '../../world/scope.ts';
import { invalidValue } from './errors.ts';
import { parseVersion, type VersionPattern } from './versions.ts';

export type ResourceType =
  | 'component'
  | 'image-recipe'
  | 'image'
  | 'image-pipeline'
  | 'infrastructure-configuration'
  | 'distribution-configuration';

export interface ParsedArn {
  readonly region: string;
  /** 12 digits, or `aws` for what Amazon owns. */
  readonly owner: string;
  readonly type: ResourceType;
  readonly name: string;
  /** Absent for resources without versions, and for versionless ARNs. */
  readonly version: string | undefined;
  readonly pattern: VersionPattern | undefined;
  readonly build: number | undefined;
}

const arnPattern =
  /^arn:aws:imagebuilder:([a-z0-9-]+):(\d{12}|aws):(component|image-recipe|image|image-pipeline|infrastructure-configuration|distribution-configuration)\/([a-z0-9-_]+)(?:\/([0-9x]+\.[0-9x]+\.[0-9x]+))?(?:\/(\d+))?$/;

export function parseArn(arn: string): ParsedArn | undefined {
  const [, region, owner, type, name, version, build] = arnPattern.exec(arn) ?? [];
  if (region === undefined || owner === undefined || type === undefined || name === undefined)
    return undefined;
  return {
    region,
    owner,
    type: type as ResourceType,
    name,
    version,
    pattern: version === undefined ? undefined : parseVersion(version),
    build: build === undefined ? undefined : Number(build),
  };
}

/** @throws AwsError for a text that is no ARN of the type, with a version where the type has versions */
export function requireArn(
  parameter: string,
  arn: string | undefined,
  type: ResourceType,
): ParsedArn {
  const parsed = parseArn(arn ?? '');
  const isVersioned = type === 'component' || type === 'image' || type === 'image-recipe';
  if (parsed?.type !== type || (isVersioned && !parsed.pattern))
    throw invalidValue(parameter, `'${arn ?? ''}' is not the ARN of a resource of type ${type}.`);
  return parsed;
}

/** Names that differ in case, spaces and underscores only are the same. Source: IB User Guide, "Create a custom component". */
export const normalizedName = (name: string): string =>
  name.toLowerCase().replaceAll(' ', '-').replaceAll('_', '-');

export const resourceArn = (
  scope: Scope,
  resource: { type: ResourceType; name: string; version?: string; build?: number },
): string =>
  scope.arn(
    [
      resource.type,
      normalizedName(resource.name),
      ...(resource.version === undefined ? [] : [resource.version]),
      ...(resource.build === undefined ? [] : [String(resource.build)]),
    ].join('/'),
    { service: 'imagebuilder' },
  );

/** The ARNs by which newer versions can be named; wildcards are resolved where they are used. */
export function latestReferences(arn: string): {
  latestVersionArn: string;
  latestMajorVersionArn: string;
  latestMinorVersionArn: string;
  latestPatchVersionArn: string;
} {
  const base = /^(arn:[^/]+\/[^/]+)\/(\d+)\.(\d+)\.(\d+)/.exec(arn);
  const [, prefix = arn, major = 'x', minor = 'x', patch = 'x'] = base ?? [];
  return {
    latestVersionArn: `${prefix}/x.x.x`,
    latestMajorVersionArn: `${prefix}/${major}.x.x`,
    latestMinorVersionArn: `${prefix}/${major}.${minor}.x`,
    latestPatchVersionArn: `${prefix}/${major}.${minor}.${patch}`,
  };
}
