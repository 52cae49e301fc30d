/**
 * What no scenario can notice the loss of, by the end of its site's id, with the sentence why it stays. The run fails when one
 * of them is noticed after all, or is no longer there.
 */
export const justified: Readonly<Record<string, string>> = {
  '/DenyInsecureTransport':
    'It denies plain HTTP, which no client of the emulator speaks: taking a deny away can only allow more.',
  'ImageBuildInstanceRole/Policies/FetchBuildTool':
    "AWS's own policy for build instances has it, and its guide names these buckets; the embedded AWS has the build tool on the instance already.",
  'TopicsNoticesPolicy/PolicyDocument/RulesPublish':
    'For rules that tell people of a failed rollout; nothing publishes so yet.',
  '/PassInstanceRole/StringEquals iam:PassedToService':
    'None of the other rights of this role takes a role for another service: Auto Scaling passes it to EC2. The condition keeps it so when rights are added.',
};
