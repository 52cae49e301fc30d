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

  it('is not added for $LATEST, nor for versions, which do not exist', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    const add = (Qualifier: string) =>
      fixture.lambda.send(
        new AddPermissionCommand({
          FunctionName: 'f',
          StatementId: 's',
          Action: 'lambda:InvokeFunction',
          Principal: 'sns.amazonaws.com',
          Qualifier,
        }),
      );
    await expect(add('$LATEST')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(add('1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('takes statements up to 20 KB', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    let added = 0;
    const add = () =>
      fixture.lambda.send(
        new AddPermissionCommand({
          FunctionName: 'f',
          StatementId: String((added += 1)).padStart(100, 's'),
          Action: 'lambda:InvokeFunction',
          Principal: 'sns.amazonaws.com',
          SourceArn: `arn:aws:sns:eu-west-1:111111111111:${'t'.repeat(100)}`,
        }),
      );
    const addAll = async (): Promise<void> => {
      while (added < 100) await add();
    };
    await expect(addAll()).rejects.toMatchObject({ name: 'PolicyLengthExceededException' });
    const { Policy } = await fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }));
    expect(Buffer.byteLength(Policy ?? '')).toBeLessThanOrEqual(20_480);
    expect(Buffer.byteLength(Policy ?? '')).toBeGreaterThan(20_000);
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
