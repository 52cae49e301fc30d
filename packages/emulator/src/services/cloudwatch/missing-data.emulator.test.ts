import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { anAlarm, minute, put, stateOf } from '../../../test/alarm-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { cloudwatch } from './operations.ts';

const second = 1_000;

/** An alarm on a sum of errors a minute, and time that begins with a minute. */
async function watched(input: Partial<PutMetricAlarmCommandInput> = {}) {
  const { world, client: clientFor } = serviceFixture([cloudwatch]);
  const client = clientFor(CloudWatchClient);
  expect(world.scheduler.now % minute).toBe(0);
  const unsaid = { TreatMissingData: undefined };
  await client.send(new PutMetricAlarmCommand(anAlarm({ ...unsaid, ...input })));
  return {
    state: () => stateOf(client),
    error: (value = 1) => put(client, value),
    run: (milliseconds: number) => world.scheduler.runFor(milliseconds),
  };
}

describe('an alarm whose metric has no data', () => {
  it.each([
    { treats: undefined, born: 'INSUFFICIENT_DATA', afterAlarm: 'INSUFFICIENT_DATA' },
    { treats: 'missing', born: 'INSUFFICIENT_DATA', afterAlarm: 'INSUFFICIENT_DATA' },
    { treats: 'notBreaching', born: 'OK', afterAlarm: 'OK' },
    { treats: 'breaching', born: 'ALARM', afterAlarm: 'ALARM' },
    { treats: 'ignore', born: 'INSUFFICIENT_DATA', afterAlarm: 'ALARM' },
  ])(
    'and treats missing data as $treats goes from INSUFFICIENT_DATA to $born, and after an alarm to $afterAlarm',
    async ({ treats, born, afterAlarm }) => {
      const { state, error, run } = await watched({ TreatMissingData: treats });
      expect(await state()).toBe('INSUFFICIENT_DATA');
      await run(10 * minute);
      expect(await state()).toBe(born);
      await error();
      await run(2 * minute);
      expect(await state()).toBe('ALARM');
      await run(10 * minute);
      expect(await state()).toBe(afterAlarm);
    },
  );

  it('and ignores missing data leaves an alarm with the first good data', async () => {
    const { state, error, run } = await watched({ TreatMissingData: 'ignore' });
    await error();
    await run(10 * minute);
    expect(await state()).toBe('ALARM');
    await error(0);
    await run(2 * minute);
    expect(await state()).toBe('OK');
  });
});

describe('a sum over sixty seconds', () => {
  const settings = { Threshold: 2, TreatMissingData: 'notBreaching' };

  it('adds up what comes within one minute of the clock', async () => {
    const { state, error, run } = await watched(settings);
    await run(10 * minute + second);
    await error();
    await run(57 * second);
    await error();
    await run(2 * minute);
    expect(await state()).toBe('ALARM');
  });

  it('does not add up what a turn of the minute parts, however close it is', async () => {
    const { state, error, run } = await watched(settings);
    await run(10 * minute + 59 * second);
    await error();
    await run(2 * second);
    await error();
    for (let looked = 0; looked < 10; looked += 1) {
      await run(minute);
      expect(await state()).toBe('OK');
    }
  });
});
