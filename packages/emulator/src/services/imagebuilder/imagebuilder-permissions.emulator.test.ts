import { describe, expect, it } from '@jest/globals';
import { IAMClient } from '@aws-sdk/client-iam';
import {
  CreateImageRecipeCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
} from '@aws-sdk/client-imagebuilder';
import {
  imageBuilderArn,
  parentParameter,
  setUp,
  type Builder,
} from '../../../test/imagebuilder-fixture.ts';

describe('who may build', () => {
  const userOf = async (given: Builder, statements: object[]): Promise<ImagebuilderClient> => {
    const {
      AttachUserPolicyCommand,
      CreateAccessKeyCommand,
      CreatePolicyCommand,
      CreateUserCommand,
    } = await import('@aws-sdk/client-iam');
    const client = given.client(IAMClient);
    await client.send(new CreateUserCommand({ UserName: 'starter' }));
    const { Policy } = await client.send(
      new CreatePolicyCommand({
        PolicyName: 'start',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    await client.send(
      new AttachUserPolicyCommand({ UserName: 'starter', PolicyArn: Policy?.Arn ?? '' }),
    );
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'starter' }));
    await given.spread();
    await given.spread();
    return given.client(ImagebuilderClient, {
      as: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
        sessionToken: undefined,
      },
    });
  };
  const startWith = (client: ImagebuilderClient, given: Builder, clientToken: string) =>
    client.send(
      new StartImagePipelineExecutionCommand({ imagePipelineArn: given.pipelineArn, clientToken }),
    );

  it('needs the right to make the service-linked role only for the first build of an account', async () => {
    const given = await setUp();
    const client = await userOf(given, [
      {
        Effect: 'Allow',
        Action: 'imagebuilder:StartImagePipelineExecution',
        Resource: given.pipelineArn,
      },
    ]);
    await expect(startWith(client, given, 'a')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:CreateServiceLinkedRole'),
    });
    await given.start('admin');
    expect((await startWith(client, given, 'a')).imageBuildVersionArn).toBe(
      imageBuilderArn('image/line/1.0.0/2'),
    );
  });

  it('needs to read what a recipe is made of', async () => {
    const given = await setUp();
    const client = await userOf(given, [
      { Effect: 'Allow', Action: 'imagebuilder:CreateImageRecipe', Resource: '*' },
      { Effect: 'Allow', Action: 'imagebuilder:GetComponent', Resource: given.componentArn },
    ]);
    const create = (parentImage: string, componentArn: string) =>
      client.send(
        new CreateImageRecipeCommand({
          name: 'other',
          semanticVersion: '1.0.0',
          parentImage,
          components: [
            { componentArn, parameters: [{ name: 'Script', value: ['s3://builds-1/x'] }] },
          ],
        }),
      );
    await expect(
      create(parentParameter, given.componentArn.replace(/1$/, '2')),
    ).rejects.toMatchObject({
      message: expect.stringContaining('imagebuilder:GetComponent'),
    });
    await expect(create('ami-0123456789abcdef0', given.componentArn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ec2:DescribeImages'),
    });
    await expect(
      create(imageBuilderArn('image/line/1.0.0/1'), given.componentArn),
    ).rejects.toMatchObject({ message: expect.stringContaining('imagebuilder:GetImage') });
    expect((await create(parentParameter, given.componentArn)).imageRecipeArn).toBe(
      imageBuilderArn('image-recipe/other/1.0.0'),
    );
  });
});
