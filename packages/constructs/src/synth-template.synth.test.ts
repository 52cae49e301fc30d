import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from '@jest/globals';

import { allow } from './policy.ts';
import { ServiceRole } from './service-role.ts';
import { synthTemplate, templateText } from './synth-template.ts';

const synthRole = (wildcardReason?: string) =>
  synthTemplate((app) => {
    const stack = new Stack(app, 'probe');
    new ServiceRole(stack, 'Reader', {
      service: 'lambda.amazonaws.com',
      description: 'Reads',
      statements: [
        allow({
          sid: 'Read',
          actions: ['s3:GetObject'],
          resources: ['arn:aws:s3:::bucket/*'],
          ...(wildcardReason === undefined ? {} : { wildcardReason }),
        }),
      ],
    });
    return stack;
  });

describe('synthTemplate', () => {
  it('stops at a wildcard for which the statement gives no reason', () => {
    expect(() => synthRole()).toThrow(/[Vv]alidation/);
  });

  it('lets a wildcard pass with the reason', () => {
    expect(Object.keys(synthRole('Keys are not known before.').Resources)).toHaveLength(1);
  });

  it('stops at a queue without TLS and dead letters', () => {
    const synthQueue = () =>
      synthTemplate((app) => {
        const stack = new Stack(app, 'probe');
        new CfnQueue(stack, 'Queue');
        return stack;
      });
    expect(synthQueue).toThrow(/[Vv]alidation/);
  });
});

describe('templateText', () => {
  it('indents by one space and ends with a newline', () => {
    expect(templateText({ Resources: { A: { Type: 'AWS::SNS::Topic' } } })).toBe(
      '{\n "Resources": {\n  "A": {\n   "Type": "AWS::SNS::Topic"\n  }\n }\n}\n',
    );
  });
});
