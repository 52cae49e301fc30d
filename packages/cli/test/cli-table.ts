import { expect } from '@jest/globals';
import type { Ran } from './python.ts';
import type { RolledOut } from './rolled-out.ts';

/** A command of the AWS CLI, who runs it, and what `expect` wants of it. */
interface Row {
  readonly account: string;
  readonly words: readonly string[];
  readonly wants: {
    readonly end: number | 'refused';
    readonly out: unknown;
    readonly err: unknown;
  };
}

/** The first version of the CLI ends with 255 where a service refuses, the second with 254. */
export const endOf = ({ code }: Ran): number | 'refused' =>
  code === 254 || code === 255 ? 'refused' : code;

const shows = (out: RegExp): Row['wants'] => ({
  end: 0,
  out: expect.stringMatching(out),
  err: '',
});

const isRefused = (err: RegExp): Row['wants'] => ({
  end: 'refused',
  out: expect.any(String),
  err: expect.stringMatching(err),
});

/** Ordinary commands in every account, with what they print. */
export function cliTable(
  world: RolledOut,
  given: { readonly folder: string; readonly group: string; readonly image: string },
): readonly Row[] {
  const { folder, group, image } = given;
  const { outputs, stackName, line } = world.stage.fleet.infra;
  const bucket = outputs['PayloadBucketName'] ?? '';
  const row =
    (account: string) =>
    (words: string, wants: Row['wants'], ...more: readonly string[]): Row => ({
      account,
      words: [...words.split(' '), ...more],
      wants,
    });
  const infra = row('infra');
  const workload = row('workload-1');
  return [
    ...Object.entries(world.accounts).map(([name, { id }]) =>
      row(name)(
        'sts get-caller-identity --output text',
        shows(new RegExp(`arn:aws:iam::${id}:user/admin`)),
      ),
    ),
    row('management')('organizations list-accounts --query length(Accounts)', shows(/^4$/m)),
    workload(
      'organizations list-accounts',
      isRefused(/\(AccessDeniedException\) when calling the ListAccounts operation/),
    ),
    infra(
      `cloudformation list-stack-instances --stack-set-name golden-${line}-workload --call-as DELEGATED_ADMIN --query Summaries[].Status --output text`,
      shows(/^CURRENT\tCURRENT$/m),
    ),
    infra(
      `cloudformation describe-stacks --stack-name ${stackName} --query Stacks[0].Outputs --output table`,
      shows(/PayloadBucketName/),
    ),
    infra(
      'cloudformation describe-stacks --stack-name none',
      isRefused(
        /\(ValidationError\) when calling the DescribeStacks operation: Stack with id none does not exist/,
      ),
    ),
    workload(
      `autoscaling describe-instance-refreshes --auto-scaling-group-name ${group} --query InstanceRefreshes[0].Status`,
      shows(/"Successful"/),
    ),
    workload(
      `ec2 describe-images --image-ids ${image} --query Images[0].OwnerId --output text`,
      shows(new RegExp(`^${world.accounts['infra']?.id ?? ''}$`, 'm')),
    ),
    // Version 1 of the CLI keeps an endpoint of its own for this one service, whatever its environment says.
    infra(`--endpoint-url ${world.endpoint.url} sqs list-queues`, shows(/DeadLetters/)),
    infra(`ec2 wait image-available --image-ids ${image}`, shows(/^$/)),
    infra(
      `dynamodb query --table-name ${outputs['StateTableName'] ?? ''} --query Count`,
      shows(/^[1-9]/m),
      '--key-condition-expression',
      'pk = :rollout',
      '--expression-attribute-values',
      '{":rollout": {"S": "ROLLOUT#golden-1-0-1-1"}}',
    ),
    infra(
      `ssm get-parameter --name /golden/${line}/stable --query Parameter.Value --output text`,
      shows(/"version":"1.0.1"/),
    ),
    infra(
      `lambda invoke --function-name ${outputs['ReachAccountFunctionName'] ?? ''} ${folder}/answer.json`,
      shows(/"FunctionError": "Unhandled"/),
    ),
    infra(`s3 sync ${folder}/up s3://${bucket}/looking/`, shows(/two\.txt/)),
    infra(`s3 ls s3://${bucket}/looking/`, shows(/ 6 one é\+\.txt\n.* 7 two\.txt/)),
    infra(`s3 cp --recursive s3://${bucket}/looking/ ${folder}/down`, shows(/two\.txt/)),
    infra(
      `s3api get-object --bucket ${bucket} --key none ${folder}/none`,
      isRefused(/\(NoSuchKey\) when calling the GetObject operation/),
    ),
    infra('s3 ls s3://nobody-has-this-bucket', isRefused(/\(NoSuchBucket\)/)),
    infra(`s3 ls s3://${bucket} --no-sign-request`, isRefused(/\(AccessDenied\)/)),
    infra(
      'sts get-caller-identity --no-sign-request',
      isRefused(/\(MissingAuthenticationToken\) when calling the GetCallerIdentity operation/),
    ),
    infra(
      'ec2 describe-volumes',
      isRefused(
        /\(NotImplemented\) when calling the DescribeVolumes operation.*: ec2:DescribeVolumes is not modelled/,
      ),
    ),
    infra(
      'elbv2 describe-load-balancers',
      isRefused(
        /\(UnknownService\) when calling the DescribeLoadBalancers operation.*: the service elasticloadbalancing is not part of/,
      ),
    ),
  ];
}
