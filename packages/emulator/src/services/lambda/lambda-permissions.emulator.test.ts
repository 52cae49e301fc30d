import { describe, expect, it } from '@jest/globals';
import {
  AddPermissionCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListTagsCommand,
  RemovePermissionCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { echo } from '../../../test/lambda-fixture.ts';
import { functionFixture } from '../../../test/function-fixture.ts';

describe('who may invoke', () => {
  it('follows from identity policies, and for services from the permissions of the function', async () => {
    const fixture = functionFixture();
    await fixture.define(echo, { Tags: { team: 'red' } });
    const asService = (service: string, sourceArn: string) =>
      fixture.world.scope(fixture.account.id, 'eu-west-1', 'events').send(
        new InvokeCommand({
          FunctionName: 'f',
          InvocationType: 'Event',
          Payload: Buffer.from('{}'),
        }),
        { as: { kind: 'service', service, sourceArn, sourceAccount: fixture.account.id } },
      );
    const rule = 'arn:aws:events:eu-west-1:111111111111:rule/r';
    const denied = { code: 'AccessDeniedException' };
    await expect(asService('events.amazonaws.com', rule)).rejects.toMatchObject(denied);
    const { Statement } = await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'f',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: rule,
        SourceAccount: fixture.account.id,
      }),
    );
    expect(JSON.parse(Statement ?? '')).toEqual({
      Sid: 's',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      Condition: {
        StringEquals: { 'AWS:SourceAccount': '111111111111' },
        ArnLike: { 'AWS:SourceArn': rule },
      },
    });
    await asService('events.amazonaws.com', rule);
    await expect(asService('events.amazonaws.com', `${rule}2`)).rejects.toMatchObject(denied);
    await expect(asService('sns.amazonaws.com', rule)).rejects.toMatchObject(denied);
    const { Policy } = await fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Version: '2012-10-17', Id: 'default' });
    await fixture.lambda.send(new RemovePermissionCommand({ FunctionName: 'f', StatementId: 's' }));
    await expect(asService('events.amazonaws.com', rule)).rejects.toMatchObject(denied);
    await expect(
      fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    expect(
      (
        await fixture.lambda.send(
          new ListTagsCommand({ Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:f' }),
        )
      ).Tags,
    ).toEqual({ team: 'red' });
  });

  it('refuses a principal that does not exist', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    for (const Principal of ['arn:aws:iam::111111111111:role/none', '999999999999', 'nobody'])
      await expect(
        fixture.lambda.send(
          new AddPermissionCommand({
            FunctionName: 'f',
            StatementId: 's',
            Action: 'lambda:InvokeFunction',
            Principal,
          }),
        ),
      ).rejects.toThrow('The provided principal was invalid');
  });
});
