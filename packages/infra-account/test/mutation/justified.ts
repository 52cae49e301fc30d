/**
 * What no scenario can notice the loss of, by the end of its site's id, with the sentence why it stays. The run fails when one
 * of them is noticed after all, or is no longer there.
 */
export const justified: Readonly<Record<string, string>> = {
  '/DenyInsecureTransport':
    'It denies plain HTTP, which no client of the emulator speaks: taking a deny away can only allow more.',
  'ImageBuildInstanceRole/Policies/FetchBuildTool':
    "AWS's own policy for build instances has it, and its guide names these buckets; the embedded AWS has the build tool on the instance already.",
  '/PassInstanceRole/StringEquals iam:PassedToService':
    'None of the other rights of this role takes a role for another service: Auto Scaling passes it to EC2. The condition keeps it so when rights are added.',
  'RolloutMachineExecutionRole/Policies/FollowChildren/states:DescribeExecution':
    "AWS's least policy for a distributed map names it; the embedded AWS runs maps without, since policies that named the wrong resource for it ran for years.",
  'RolloutMachineExecutionRole/Policies/FollowChildren/states:StopExecution':
    "AWS's least policy for a distributed map names it, to stop the children of an execution that is stopped.",
  'InfraBusPolicy/Statement/0/Null events:source':
    "AWS's guide gives it beside a condition on all values of a key, which holds for none as well; every event that it takes has a source.",
  'AssumeRolePolicyDocument/0/StringEquals aws:SourceAccount':
    'It keeps a service from acting by this role for another account; nobody can pass a role to a service of another account, in AWS or in the embedded one.',
  'FirstBuildOfAccount/StringEquals iam:AWSServiceName':
    "The resource is the one role of that service; AWS's guide has the condition as well.",
  'ImageBuilderEncrypts/StringEquals kms:CallerAccount':
    'The other condition names a role of this account; the key policies that AWS makes have this one wherever the principal is everybody.',
  'AlarmsPublish/StringEquals aws:SourceAccount':
    "The other condition names alarms of this account; AWS's guide against the confused deputy has both.",
  'AlarmsPublish/ArnLike aws:SourceArn':
    'CloudWatch publishes for nothing but alarms; the condition keeps it so.',
};
