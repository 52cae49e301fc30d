import { describe, expect, it } from '@jest/globals';

import { synthTemplate } from '@golden/constructs/synth-template.ts';
import { viewTemplate } from '@golden/constructs/template-view.ts';

import { InfraAccountStack } from './infra-account-stack.ts';

const { resources, theOnly } = viewTemplate(
  synthTemplate(
    (app) =>
      new InfraAccountStack(app, 'infra-account', {
        handlerCode: () => 'exports.handler = async () => {};',
        workloadTemplate: '{}',
      }),
  ),
);
const named = (prefix: string) => ({ 'Fn::Join': ['', [prefix, { Ref: 'EnvironmentName' }]] });
const detailType = 'Golden Image Rolled Back Late';

describe('the infra bus', () => {
  it('has the one name that workload stacks know', () => {
    expect(theOnly('AWS::Events::EventBus').Properties).toMatchObject({ Name: named('golden-') });
  });

  it('takes one kind of event, of one source, from accounts of the organization', () => {
    const { EventBusName, Statement } = theOnly('AWS::Events::EventBusPolicy').Properties;
    expect(EventBusName).toEqual({ Ref: 'InfraBusBus' });
    expect(Statement).toEqual({
      Effect: 'Allow',
      Principal: '*',
      Action: ['events:PutEvents'],
      Resource: [{ 'Fn::GetAtt': ['InfraBusBus', 'Arn'] }],
      Condition: {
        StringEquals: {
          'aws:PrincipalOrgID': { Ref: 'AWSOrgID' },
          'events:detail-type': detailType,
        },
        'ForAllValues:StringEquals': { 'events:source': named('golden.') },
        Null: { 'events:source': 'false' },
      },
    });
  });

  it('is heard by revoke-image, and what that does not get or cannot do lies in a queue', () => {
    const queue = { 'Fn::GetAtt': ['RevokeImageFailuresQueue', 'Arn'] };
    const { EventBusName, EventPattern, Targets } =
      resources['RevokeImageLateRollbacks']!.Properties;
    expect(EventBusName).toEqual({ Ref: 'InfraBusBus' });
    expect(EventPattern).toEqual({ source: [named('golden.')], 'detail-type': [detailType] });
    expect(Targets).toMatchObject([
      {
        Arn: { 'Fn::GetAtt': ['RevokeImageHandlerFunction', 'Arn'] },
        DeadLetterConfig: { Arn: queue },
      },
    ]);
    expect(resources['RevokeImageInvocations']?.Properties).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    expect(resources['RevokeImagePermission']?.Properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['RevokeImageLateRollbacks', 'Arn'] },
    });
  });
});
