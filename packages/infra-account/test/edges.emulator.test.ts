import { describe, expect, it } from '@jest/globals';
import {
  CancelImageCreationCommand,
  CreateImageRecipeCommand,
  GetImagePipelineCommand,
  ImagebuilderClient,
  ListImagesCommand,
  UpdateImagePipelineCommand,
} from '@aws-sdk/client-imagebuilder';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { faults, type Fate } from '@golden/emulator';
import { hour, InfraStage, type StageOptions } from '@golden/stage/infra-stage.ts';

const day = 24 * hour;
const script = '#!/bin/bash\nset -euo pipefail\necho hardened > /etc/motd\n';

async function deployed(settings: StageOptions['settings'] = {}): Promise<InfraStage> {
  const stage = await InfraStage.open({
    settings: { pageSizeMax: 2, duplicateShare: 0, ...settings },
  });
  await stage.deploy();
  await stage.confirmNotices();
  return stage;
}

/** Somebody makes a recipe of the line by hand. */
const makeRecipe = (stage: InfraStage, semanticVersion: string): Promise<unknown> =>
  stage.client(ImagebuilderClient).send(
    new CreateImageRecipeCommand({
      name: stage.line,
      semanticVersion,
      parentImage: 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      clientToken: `by-hand-${semanticVersion}`,
    }),
  );

async function tiePipeline(stage: InfraStage, version: string): Promise<void> {
  const client = stage.client(ImagebuilderClient);
  const imagePipelineArn = stage.outputs['ImagePipelineArn'];
  const { imagePipeline } = await client.send(new GetImagePipelineCommand({ imagePipelineArn }));
  await client.send(
    new UpdateImagePipelineCommand({
      imagePipelineArn,
      imageRecipeArn: imagePipeline?.imageRecipeArn?.replace('1.0.x', version),
      infrastructureConfigurationArn: imagePipeline?.infrastructureConfigurationArn,
      clientToken: 'by-hand',
    }),
  );
}

/** Does something once, right before `start-build` makes its first call of an operation. */
function before(stage: InfraStage, operation: string, act: () => Promise<unknown>): void {
  let isDone = false;
  faults(stage.world).onCall(async (call): Promise<Fate> => {
    if (!isDone && call.operation === operation) {
      isDone = true;
      await act();
    }
    return 'proceed';
  });
}

const notices = (stage: InfraStage): string[] =>
  stage
    .emails()
    .map(({ subject }) => subject)
    .filter((subject) => subject.startsWith('golden '));

describe('a person who makes recipes of the line', () => {
  it('and takes the next number makes the claim move on', async () => {
    const stage = await deployed();
    before(stage, 'CreateImageRecipe', () => makeRecipe(stage, '1.0.1'));
    await stage.upload('payloads/harden.sh', script);
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      ['1.0.2', 'available'],
      ['1.0.1', 'superseded'],
    ]);
    expect(versions[1]?.reason).toMatch(/taken.*moved to 1\.0\.2/);
    expect(notices(stage)).toEqual(['golden golden: image available 1.0.2']);
  });

  it('and makes a higher one in between has the wrong build cancelled', async () => {
    const stage = await deployed();
    before(stage, 'StartImagePipelineExecution', () => makeRecipe(stage, '1.0.77'));
    await stage.upload('payloads/harden.sh', script);
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      ['1.0.1', 'superseded'],
    ]);
    expect(notices(stage)).toEqual(['golden golden: payload superseded 1.0.1']);
    // The way on that the notice names: upload it again, and it is the newest.
    await stage.upload('payloads/harden.sh', script);
    expect((await stage.buildsSettle())[0]).toMatchObject({
      version: '1.0.78',
      state: 'available',
    });
  });
});

describe('a pipeline that takes an older recipe than the one just made', () => {
  it('has its build cancelled, and an alarm says so', async () => {
    const stage = await deployed();
    // Somebody ties the pipeline to a recipe by hand: the same to us as a wildcard that does not see the newest one.
    before(stage, 'StartImagePipelineExecution', () => tiePipeline(stage, '1.0.0'));
    await stage.upload('payloads/harden.sh', script);
    const [version] = await stage.buildsSettle();
    expect(version).toMatchObject({ version: '1.0.1', state: 'failed' });
    expect(version?.reason).toMatch(/^recipe not resolved: .*image\/golden\/1\.0\.0\/1$/);
    await stage.world.scheduler.runFor(hour);
    expect(
      stage
        .emails()
        .map(({ subject }) => subject)
        .join('\n'),
    ).toMatch(/ALARM: .*AlarmRecipeNotResolved/);
  });
});

describe('the quota of recipes', () => {
  it('is announced once when it comes near, and refuses payloads when it is reached', async () => {
    const stage = await deployed({ pageSizeMax: Number.MAX_SAFE_INTEGER });
    const fill = async (from: number, to: number): Promise<void> => {
      for (let n = from; n <= to; n += 1) await makeRecipe(stage, `0.0.${n}`);
    };
    await fill(1, 899);
    for (const word of ['a', 'b']) {
      await stage.upload(`payloads/${word}.sh`, `${script}# ${word}\n`);
      await stage.buildsSettle();
    }
    expect(notices(stage)).toEqual([
      'golden golden: recipe quota near',
      'golden golden: image available 1.0.1',
      'golden golden: image available 1.0.2',
    ]);
    await fill(900, 1000 - 3);
    await stage.upload('payloads/c.sh', `${script}# c\n`);
    const [version] = await stage.buildsSettle();
    expect(version).toMatchObject({ version: '1.0.3', state: 'rejected', reason: 'recipe-quota' });
    expect(notices(stage).at(-1)).toBe('golden golden: payload rejected (recipe-quota) 1.0.3');
  });
});

describe('the parent watch', () => {
  it('says once that a pair is blocked, and is silent until a person uploads', async () => {
    const stage = await deployed();
    await stage.upload('payloads/harden.sh', script);
    await stage.buildsSettle();
    const stepsMax = (20 * day) / (hour / 4);
    for (let step = 0; step < stepsMax && (await stage.versions()).length === 1; step += 1)
      await stage.world.scheduler.runFor(hour / 4);
    const [renewed] = await stage.versions();
    expect(renewed).toMatchObject({ version: '1.0.2', cause: 'parent', basedOn: 1 });
    await stage.client(ImagebuilderClient).send(
      new CancelImageCreationCommand({
        imageBuildVersionArn: renewed?.imageArn,
        clientToken: 'by-hand',
      }),
    );
    await stage.world.scheduler.runFor(4 * day);
    expect((await stage.versions()).map(({ version, state }) => [version, state])).toEqual([
      ['1.0.2', 'cancelled'],
      ['1.0.1', 'available'],
    ]);
    expect(notices(stage)).toEqual([
      'golden golden: image available 1.0.1',
      'golden golden: image cancelled 1.0.2',
      'golden golden: parent blocked 1.0.2',
    ]);
    await stage.upload('payloads/harden.sh', script);
    expect((await stage.buildsSettle())[0]).toMatchObject({
      version: '1.0.3',
      cause: 'upload',
      state: 'available',
      parentAmi: renewed?.parentAmi,
    });
  });
});

describe('a world in which every message comes twice', () => {
  it('makes the same one version, recipe and build', async () => {
    const stage = await deployed({ duplicateShare: 1 });
    await stage.upload('payloads/harden.sh', script);
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      ['1.0.1', 'available'],
    ]);
    expect((await stage.recipes()).length).toBe(2);
    const { imageVersionList } = await stage
      .client(ImagebuilderClient)
      .send(new ListImagesCommand({ owner: 'Self' }));
    expect(imageVersionList?.length).toBe(1);
    // The topic delivers each mail twice; it was published once.
    const published = stage.world.journal.entries.filter(
      ({ kind, service, name, by }) =>
        kind === 'call' && service === 'sns' && name === 'Publish' && by?.includes('FanOut'),
    );
    expect(published.length).toBe(1);
  });
});

describe('a key that a shell would trip over', () => {
  it('is built and kept as it is', async () => {
    const stage = await deployed();
    const key = 'payloads/it\'s $(reboot) `odd` "é" + 100%.sh';
    await stage.upload(key, script);
    const [version] = await stage.buildsSettle();
    expect(version).toMatchObject({ state: 'available', payload: { key } });
  });
});

describe('start-build that dies after it started the pipeline', () => {
  it('goes on although the uploaded object is deleted meanwhile', async () => {
    const stage = await deployed();
    let isKilled = false;
    faults(stage.world).onCall(({ operation }): Fate => {
      if (isKilled || operation !== 'StartImagePipelineExecution') return 'proceed';
      isKilled = true;
      return 'kill-after';
    });
    const upload = await stage.upload('payloads/harden.sh', script);
    await stage.world.scheduler.runFor(hour / 20);
    expect(isKilled).toBe(true);
    await stage.deleteVersion(upload);
    await stage.world.scheduler.runFor(hour / 4);
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      ['1.0.1', 'available'],
    ]);
  });
});

describe('an answer that is lost', () => {
  it('of the write that ends a version does not lose the notice', async () => {
    const stage = await deployed();
    let isCancelled = false;
    let isLost = false;
    faults(stage.world).onCall(async ({ operation }): Promise<Fate> => {
      if (operation === 'StartImagePipelineExecution') await makeRecipe(stage, '1.0.77');
      if (operation === 'CancelImageCreation') isCancelled = true;
      if (!isCancelled || isLost || operation !== 'UpdateItem') return 'proceed';
      isLost = true;
      return { lose: 'answer' };
    });
    await stage.upload('payloads/harden.sh', script);
    const [version] = await stage.buildsSettle();
    expect([isLost, version?.state, Object.keys(version?.noticedAt ?? {})]).toEqual([
      true,
      'superseded',
      ['payload-superseded'],
    ]);
    expect(notices(stage)).toEqual(['golden golden: payload superseded 1.0.1']);
  });
});

describe('a message of our own pipeline that cannot be read', () => {
  it('ends where an alarm sees it', async () => {
    const stage = await deployed();
    const Message = JSON.stringify({
      sourcePipelineArn: stage.outputs['ImagePipelineArn'],
      state: { status: 'FAILED' },
    });
    await stage
      .client(SNSClient)
      .send(new PublishCommand({ TopicArn: stage.outputs['ImagesTopicArn'], Message }));
    await stage.world.scheduler.runFor(hour);
    expect(
      stage
        .emails()
        .map(({ subject }) => subject)
        .join('\n'),
    ).toMatch(/ALARM: .*AlarmFanOutFailures/);
  });
});

describe('a delivery that start-build cannot carry out', () => {
  it('raises the alarm of the function at once', async () => {
    const stage = await deployed();
    faults(stage.world).onCall(({ operation }): Fate =>
      operation === 'CreateImageRecipe'
        ? { error: { code: 'AccessDeniedException', status: 403 } }
        : 'proceed',
    );
    await stage.upload('payloads/harden.sh', script);
    await stage.world.scheduler.runFor(hour / 4);
    expect(
      stage
        .emails()
        .map(({ subject }) => subject)
        .join('\n'),
    ).toMatch(/ALARM: .*AlarmStartBuildErrors/);
  });
});

describe('a line whose bucket was changed', () => {
  it('does not build on a new parent what it cannot read, and says so once', async () => {
    const stage = await deployed();
    await stage.upload('payloads/harden.sh', script);
    await stage.buildsSettle();
    expect(
      (await stage.deploy(undefined, { BucketName: 'payloads-of-another-time' })).StackStatus,
    ).toBe('UPDATE_COMPLETE');
    await stage.world.scheduler.runFor(20 * day);
    expect((await stage.versions()).length).toBe(1);
    expect(notices(stage).filter((subject) => subject.includes('parent blocked')).length).toBe(2);
    expect(stage.emails().at(-1)?.body).toMatch(/payloads-of-another-time/);
  });
});
