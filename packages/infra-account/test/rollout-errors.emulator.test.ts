import { CloudWatchClient, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { hour } from '@golden/stage/infra-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

async function open(): Promise<RolloutStage> {
  const stage = await RolloutStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
  await stage.deploy();
  await stage.fleet.infra.confirmNotices();
  return stage;
}

/** Takes a function away, so that the step that invokes it fails whenever it is tried. */
async function removeFunction(stage: RolloutStage, logicalId: string): Promise<void> {
  const { infra } = stage.fleet;
  await infra
    .client(LambdaClient)
    .send(new DeleteFunctionCommand({ FunctionName: await infra.physicalId(logicalId) }));
}

const hasMail = (stage: RolloutStage, pattern: RegExp) => (): Promise<boolean> =>
  Promise.resolve(stage.fleet.infra.emails().some(({ subject }) => pattern.test(subject)));

describe('a rollout of which a step fails for good', () => {
  it('comes to its end all the same, says where it failed, and raises the alarm', async () => {
    const stage = await open();
    await removeFunction(stage, 'ListTargetsHandlerFunction');
    const { record } = await stage.ship('harden.sh');
    expect(record).toMatchObject({ state: 'halted', stop: { code: 'accounts-not-listed' } });
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    expect(await stage.executions()).toMatchObject([{ status: 'SUCCEEDED' }]);
    await stage.until(hasMail(stage, /^ALARM: .*RolloutHalted/), hour);
  }, 60_000);

  it('comes to its end also where nobody could ask for the line, and the same bytes are built again', async () => {
    const stage = await open();
    await removeFunction(stage, 'AcquireLineHandlerFunction');
    const view = await stage.ship('harden.sh');
    expect(view.record).toMatchObject({ state: 'halted', stop: { code: 'engine-error' } });
    expect(view.record.stop?.sentence).toContain('Acquire failed with');
    const [version] = await stage.fleet.infra.versions();
    expect(version?.state).toBe('halted');
    expect((await stage.publish('harden.sh')).n).toBe(2);
  }, 60_000);

  it('raises the alarm when the end itself fails; the next image gives it its end', async () => {
    const stage = await open();
    await removeFunction(stage, 'FinishRolloutHandlerFunction');
    const first = await stage.publish('harden.sh');
    await stage.until(hasMail(stage, /^ALARM: .*RolloutFailed/), 30 * hour);
    expect(await stage.executions()).toMatchObject([{ status: 'FAILED' }]);
    expect((await stage.rollout(first))?.record.state).toBe('planned');
    const second = await stage.publish('wrong-cluster.sh');
    // What it had recorded as its reason stays: there was nobody to move.
    await stage.until(async () => (await stage.rollout(first))?.record.state === 'halted', hour);
    expect((await stage.rollout(first))?.record.stop?.code).toBe('no-target');
    expect((await stage.store.lock()).value.holder?.rolloutId).toBe(stage.rolloutIdOf(second));
  }, 60_000);

  it('raises the alarm when somebody stops it', async () => {
    const stage = await open();
    // The step that needs it is tried again for minutes, which leaves time to stop the execution.
    await removeFunction(stage, 'ListTargetsHandlerFunction');
    await stage.publish('harden.sh');
    await stage.until(async () => (await stage.executions()).length > 0, hour, 1_000);
    const [{ executionArn } = {}] = await stage.executions();
    await stage.fleet.infra
      .client(SFNClient)
      .send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
    await stage.until(hasMail(stage, /^ALARM: .*RolloutAborted/), hour);
  }, 60_000);
});

describe('the dashboard', () => {
  it('is one that CloudWatch takes', async () => {
    const { infra } = (await open()).fleet;
    const { DashboardBody: body = '' } = await infra
      .client(CloudWatchClient)
      .send(new GetDashboardCommand({ DashboardName: `golden-${infra.line}` }));
    const { widgets } = JSON.parse(body) as { widgets: { properties: { title: string } }[] };
    expect(widgets.map(({ properties }) => properties.title)).toContain('How rollouts ended');
    expect(body).not.toContain('${');
  }, 60_000);
});
