import { describe, expect, it } from '@jest/globals';
import { ImagebuilderClient, ListImagesCommand } from '@aws-sdk/client-imagebuilder';
import { faults, type Fate, type FunctionCall } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { InfraStage } from '@golden/stage/infra-stage.ts';

const script = '#!/bin/bash\nset -euo pipefail\necho hardened > /etc/motd\n';

interface Outcome {
  readonly versions: readonly Partial<VersionRecord>[];
  readonly recipes: number;
  readonly builds: number;
  readonly mails: readonly string[];
}

/** What must be the same however often a function died: everything but ids and times. */
const essence = ({
  n,
  state,
  payload,
  recipeArn,
  amis,
  noticedAt,
  cause,
}: VersionRecord): Partial<VersionRecord> & Record<string, unknown> => ({
  n,
  state,
  cause,
  recipe: recipeArn?.split('/').at(-1),
  sha256: payload.sha256,
  regions: Object.keys(amis ?? {}).sort(),
  notices: Object.keys(noticedAt),
});

/** Builds one payload while `judge` decides the fate of each call of `start-build`. */
async function build(judge: (call: FunctionCall) => Fate): Promise<Outcome> {
  const stage = await InfraStage.open({ settings: { duplicateShare: 0, staleReadShare: 0 } });
  await stage.deploy();
  await stage.confirmNotices();
  faults(stage.world).onCall((call) =>
    call.functionName.includes('StartBuild') ? judge(call) : 'proceed',
  );
  await stage.upload('payloads/harden.sh', script);
  // A killed delivery comes again after the queue's visibility timeout of six minutes.
  await stage.world.scheduler.runFor(15 * 60_000);
  const versions = await stage.buildsSettle();
  const { imageVersionList } = await stage
    .client(ImagebuilderClient)
    .send(new ListImagesCommand({ owner: 'Self' }));
  return {
    versions: versions.map(essence),
    // The template makes one of its own.
    recipes: (await stage.recipes()).length - 1,
    builds: imageVersionList?.length ?? 0,
    // The alarm about the killed function is as it should be.
    mails: stage
      .emails()
      .map(({ subject }) => subject)
      .filter((subject) => subject.startsWith('golden ')),
  };
}

describe('start-build that is killed', () => {
  it('makes one version, one recipe and one build, before and after whichever call it dies', async () => {
    const calls: FunctionCall[] = [];
    const quiet = await build((call) => {
      calls.push(call);
      return 'proceed';
    });
    expect(quiet).toMatchObject({
      versions: [{ n: 1, state: 'available' }],
      recipes: 1,
      builds: 1,
      mails: ['golden golden: image available 1.0.1'],
    });
    expect(calls.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([
        'GetObject',
        'PutObject',
        'CreateImageRecipe',
        'StartImagePipelineExecution',
        'UpdateItem',
      ]),
    );
    for (const { callNumber, operation } of calls)
      for (const fate of ['kill-before', 'kill-after'] as const) {
        let isKilled = false;
        const outcome = await build((call) => {
          if (isKilled || call.callNumber !== callNumber) return 'proceed';
          isKilled = true;
          return fate;
        });
        expect({ callNumber, operation, fate, isKilled, outcome }).toEqual({
          callNumber,
          operation,
          fate,
          isKilled: true,
          outcome: quiet,
        });
      }
  }, 300_000);
});
