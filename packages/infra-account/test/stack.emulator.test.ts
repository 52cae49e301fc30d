import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetImageRecipeCommand, ImagebuilderClient } from '@aws-sdk/client-imagebuilder';
import { applyPayloadDocument, documentVersionNode } from '../lib/apply-payload-document.ts';
import { InfraStage, readInfraTemplate } from '@golden/stage/infra-stage.ts';

const script = (word: string): string =>
  `#!/bin/bash\nset -euo pipefail\necho ${word} > /etc/motd\n`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The template as a later release would have it: another component document, and the version that follows from it. */
function nextRelease(): string {
  const changed = applyPayloadDocument.replace(
    'name: apply-payload',
    '# A later release.\nname: apply-payload',
  );
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  return readInfraTemplate()
    .replace(inJson(applyPayloadDocument), inJson(changed))
    .replaceAll(
      String(documentVersionNode(applyPayloadDocument)),
      String(documentVersionNode(changed)),
    );
}

async function open(): Promise<InfraStage> {
  const stage = await InfraStage.open({ settings: { pageSizeMax: 2 } });
  expect((await stage.deploy()).StackStatus).toBe('CREATE_COMPLETE');
  await stage.confirmNotices();
  return stage;
}

/** The digest that the recipe of a version hands to the component. */
async function recipeDigest(
  stage: InfraStage,
  imageRecipeArn: string | undefined,
): Promise<string | undefined> {
  const { imageRecipe } = await stage
    .client(ImagebuilderClient)
    .send(new GetImageRecipeCommand({ imageRecipeArn }));
  const parameters = imageRecipe?.components?.flatMap((component) => component.parameters ?? []);
  return parameters?.find(({ name }) => name === 'PayloadSha256')?.value?.[0];
}

describe('the stack', () => {
  it('is updated with another component, parent, key and instance type at once, and builds on', async () => {
    const stage = await open();
    await stage.upload('payloads/one.sh', script('one'));
    const [first] = await stage.buildsSettle();
    const { Images } = await stage.client(EC2Client).send(
      new DescribeImagesCommand({
        Owners: ['amazon'],
        Filters: [{ Name: 'name', Values: ['al2023-ami-ecs-hvm-*x86_64*'] }],
      }),
    );
    const parent =
      Images?.map(({ ImageId }) => ImageId).find((id) => id !== first?.parentAmi) ?? '';
    const stack = await stage.deploy(nextRelease(), {
      AmazonLinux2023EcsOptimizedAmiId: parent,
      AmiKmsKeyId: await stage.multiRegionKey(),
      BuildInstanceType: 'm6i.large',
    });
    expect([stack.StackStatus, await stage.failures()]).toEqual(['UPDATE_COMPLETE', []]);
    await stage.upload('payloads/two.sh', script('two'));
    const [second] = await stage.buildsSettle();
    expect(second).toMatchObject({ version: '1.0.2', state: 'available', parentAmi: parent });
    for (const region of [stage.home, ...stage.otherRegions]) {
      const answer = await stage
        .client(EC2Client, { region, account: stage.member })
        .send(new DescribeImagesCommand({ ImageIds: [second?.amis?.[region] ?? ''] }));
      expect(answer.Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs).toMatchObject({ Encrypted: true });
    }
  });

  it('counts on and builds the right bytes after it was deleted and deployed again', async () => {
    const stage = await open();
    await stage.upload('payloads/one.sh', script('one'));
    await stage.buildsSettle();
    const bucket = stage.outputs['PayloadBucketName'] ?? '';
    expect((await stage.delete()).StackStatus).toBe('DELETE_COMPLETE');

    const again = await stage.deploy(undefined, { ExistingBucketName: bucket });
    expect([again.StackStatus, stage.outputs['PayloadBucketName']]).toEqual([
      'CREATE_COMPLETE',
      bucket,
    ]);
    expect(await stage.versions()).toEqual([]);
    await stage.upload('payloads/two.sh', script('two'));
    const [version] = await stage.buildsSettle();
    expect(version).toMatchObject({
      version: '1.0.2',
      state: 'available',
      payload: { sha256: sha256(script('two')) },
    });
    expect(await recipeDigest(stage, version?.recipeArn)).toBe(sha256(script('two')));
    expect((await stage.recipes()).map((arn) => arn.split('/').at(-1)).sort()).toEqual([
      '1.0.0',
      '1.0.1',
      '1.0.2',
    ]);
  });

  it('is rolled back whole when a parameter names a Region that does not exist', async () => {
    const stage = await InfraStage.open({ settings: { pageSizeMax: 2 } });
    const { StackStatus } = await stage.deploy(undefined, { Region3: 'eu-north-9' });
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stage.failures()).join('\n')).toMatch(/ImageDistribution/);
  });
});
