import { Stack, Validations } from 'aws-cdk-lib';
import { type Construct } from 'constructs';

import { type Statement } from './policy.ts';

/** Acknowledges findings of cdk-nag and CDK one by one: finding id -> the reason why it stays. */
export const acknowledge = (
  construct: Construct,
  reasons: Readonly<Record<string, string>>,
): void => {
  for (const [id, reason] of Object.entries(reasons))
    Validations.of(construct).acknowledge({ id, reason });
};

/** Acknowledges each wildcard of a role's statements with the reason that the statement itself gives. */
export const acknowledgeWildcards = (role: Construct, statements: readonly Statement[]): void => {
  const reasons: Record<string, string> = {};
  const add = (finding: string, reason: string): void => {
    const id = `AwsSolutions-IAM5[${finding}]`;
    reasons[id] = reasons[id] === undefined ? reason : `${reasons[id]} ${reason}`;
  };
  for (const { template, wildcardReason } of statements) {
    if (wildcardReason === undefined) continue;
    for (const action of template.Action)
      if (action.includes('*')) add(`Action::${action}`, wildcardReason);
    for (const resource of template.Resource) {
      const text = findingText(Stack.of(role).resolve(resource));
      if (text.includes('*')) add(`Resource::${text}`, wildcardReason);
    }
  }
  acknowledge(role, reasons);
};

/** A resolved value as cdk-nag writes it into the id of a finding. */
const findingText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [name, argument] = onlyEntry(value);
  if (name === 'Ref' && typeof argument === 'string') return `<${argument}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(findingText).join(separator);
  }
  return JSON.stringify(value);
};

const onlyEntry = (value: unknown): readonly [string, unknown] =>
  (typeof value === 'object' && value !== null ? Object.entries(value)[0] : undefined) ?? [
    '',
    undefined,
  ];
