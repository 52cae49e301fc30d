import { openEndpoint } from '@golden/emulator';
import { InfraStage } from '@golden/stage/infra-stage.ts';
import { median, node, times } from './measure.ts';

/** Signed calls per second of a client in another process, against a deployed stack, with IAM on every call. */
export async function callsPerSecond(): Promise<{ callsPerSecond: number }> {
  // As many as it can: AWS would throttle an account long before.
  const stage = await InfraStage.open({ settings: { throttling: false } });
  await stage.deploy();
  const endpoint = await openEndpoint(stage.world);
  try {
    const { accessKeyId, secretAccessKey } = stage.infra.adminCredentials;
    const env = {
      BENCH_ENDPOINT: endpoint.url,
      BENCH_REGION: stage.home,
      BENCH_KEY: accessKeyId,
      BENCH_SECRET: secretAccessKey,
      BENCH_TABLE: stage.outputs['StateTableName'] ?? '',
    };
    const runs = await times(
      async () =>
        JSON.parse((await node('packages/demo/src/bench/calls-client.ts', [], env)).stdout) as {
          callsPerSecond: number;
        },
    );
    return { callsPerSecond: median(runs.map((run) => run.callsPerSecond)) };
  } finally {
    await endpoint.close();
  }
}
