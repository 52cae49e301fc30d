import type * as client from '@aws-sdk/client-iam';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { numericKey } from '../../world/paging.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import { encodeDocument, readManagedPolicy } from './documents.ts';
import { publishHoldersOf } from './effective-identity.ts';
import { page, pageFields } from './lookups.ts';
import { policyCheck, requirePolicy } from './managed-policies.ts';
import type { ManagedPolicy, PolicyVersion } from './state.ts';

const versionsMax = 5; // IAM quotas, versions of a managed policy

const describeVersion = (policy: ManagedPolicy, version: PolicyVersion): client.PolicyVersion => ({
  VersionId: version.id,
  IsDefaultVersion: version.id === policy.defaultVersionId,
  CreateDate: version.createdAt,
});

function requireVersion(policy: ManagedPolicy, id: string | undefined): PolicyVersion {
  const version = policy.versions.get(id ?? '');
  if (!version)
    throw new AwsError(
      'NoSuchEntity',
      `Policy ${policy.arn} version ${id ?? ''} does not exist or is not attachable.`,
    );
  return version;
}

function setDefault(scope: Scope, policy: ManagedPolicy, versionId: string): void {
  policy.defaultVersionId = versionId;
  policy.updatedAt = scope.date;
  publishHoldersOf(scope, policy.arn);
}

const createPolicyVersion = operation<
  client.CreatePolicyVersionCommandInput,
  Partial<client.CreatePolicyVersionCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'CreatePolicyVersion', input.PolicyArn),
  run(input, call) {
    const policy = requirePolicy(call, input.PolicyArn);
    if (policy.versions.size >= versionsMax)
      throw new AwsError(
        'LimitExceeded',
        `A managed policy can have up to ${versionsMax} versions. Before you create a new version, you must delete an existing version.`,
      );
    const stored = readManagedPolicy(policy.name, input.PolicyDocument ?? '');
    policy.versionCount += 1;
    const version = { id: `v${policy.versionCount}`, createdAt: call.date, policy: stored };
    policy.versions.set(version.id, version);
    if (input.SetAsDefault === true) setDefault(call, policy, version.id);
    return { PolicyVersion: describeVersion(policy, version) };
  },
});

const setDefaultPolicyVersion = operation<
  client.SetDefaultPolicyVersionCommandInput,
  Partial<client.SetDefaultPolicyVersionCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'SetDefaultPolicyVersion', input.PolicyArn),
  run(input, call) {
    const policy = requirePolicy(call, input.PolicyArn);
    setDefault(call, policy, requireVersion(policy, input.VersionId).id);
    return {};
  },
});

const deletePolicyVersion = operation<
  client.DeletePolicyVersionCommandInput,
  Partial<client.DeletePolicyVersionCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'DeletePolicyVersion', input.PolicyArn),
  run(input, call) {
    const policy = requirePolicy(call, input.PolicyArn);
    const version = requireVersion(policy, input.VersionId);
    if (version.id === policy.defaultVersionId)
      throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.');
    policy.versions.delete(version.id);
    return {};
  },
});

const getPolicyVersion = operation<
  client.GetPolicyVersionCommandInput,
  Partial<client.GetPolicyVersionCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'GetPolicyVersion', input.PolicyArn),
  run(input, call) {
    const aws = awsManagedPolicy(input.PolicyArn ?? '');
    if (aws && input.VersionId === 'v1')
      return {
        PolicyVersion: {
          VersionId: 'v1',
          IsDefaultVersion: true,
          Document: encodeDocument(aws.document),
        },
      };
    const policy = requirePolicy(call, input.PolicyArn);
    const version = requireVersion(policy, input.VersionId);
    return {
      PolicyVersion: {
        ...describeVersion(policy, version),
        Document: encodeDocument(version.policy.document),
      },
    };
  },
});

const listPolicyVersions = operation<
  client.ListPolicyVersionsCommandInput,
  Partial<client.ListPolicyVersionsCommandOutput>
>({
  authorize: (input, call) => policyCheck(call, 'ListPolicyVersions', input.PolicyArn),
  run(input, call) {
    if (awsManagedPolicy(input.PolicyArn ?? ''))
      return { Versions: [{ VersionId: 'v1', IsDefaultVersion: true }], IsTruncated: false };
    const policy = requirePolicy(call, input.PolicyArn);
    const versions = page(call, policy.versions.values(), input, ({ id }) =>
      numericKey(Number(id.slice(1))),
    );
    return {
      Versions: versions.items.map((version) => describeVersion(policy, version)),
      ...pageFields(versions),
    };
  },
});

export const policyVersionOperations = {
  CreatePolicyVersion: createPolicyVersion,
  DeletePolicyVersion: deletePolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: listPolicyVersions,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
};
