import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  ResourceNotFoundException as NoLogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import { functionFixture } from '../../../test/function-fixture.ts';

describe('logs of functions', () => {
  it('are JSON when the function wants it, with text that is JSON as text', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = async () => {
        console.debug('hidden');
        console.log(JSON.stringify({ code: 'x' }));
        console.warn({ code: 'y' });
        console.error('failed', new TypeError('no'));
        throw new RangeError('end');
      };`,
      { LoggingConfig: { LogFormat: 'JSON' } },
    );
    await fixture.invoke('f');
    const lines = (await fixture.logLines('/aws/lambda/f')).map((line): unknown =>
      JSON.parse(line),
    );
    const head = {
      timestamp: expect.stringMatching(/^2026-11-21T08:/),
      requestId: expect.any(String),
    };
    expect(lines).toEqual([
      {
        time: expect.any(String),
        type: 'platform.initStart',
        record: expect.objectContaining({ functionName: 'f' }),
      },
      {
        time: expect.any(String),
        type: 'platform.start',
        record: expect.objectContaining({ version: '$LATEST' }),
      },
      { ...head, level: 'INFO', message: '{"code":"x"}' },
      { ...head, level: 'WARN', message: { code: 'y' } },
      expect.objectContaining({
        level: 'ERROR',
        errorType: 'TypeError',
        errorMessage: 'no',
        message: expect.stringContaining('failed TypeError: no'),
      }),
      {
        ...head,
        level: 'ERROR',
        message: { errorType: 'RangeError', errorMessage: 'end', stackTrace: expect.any(Array) },
      },
      {
        time: expect.any(String),
        type: 'platform.runtimeDone',
        record: expect.objectContaining({ status: 'error' }),
      },
      {
        time: expect.any(String),
        type: 'platform.report',
        record: expect.objectContaining({ status: 'error' }),
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('packages/emulator');
  });

  it('need the permissions of the role, and the function runs without them', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('mute', [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }]);
    await fixture.define("exports.handler = async () => { console.log('lost'); return 'ran'; };", {
      Role,
    });
    expect((await fixture.invoke('f')).payload).toBe('ran');
    await expect(fixture.logLines('/aws/lambda/f')).rejects.toBeInstanceOf(NoLogGroup);
    expect(fixture.world.journal.entries.filter(({ name }) => name === 'logs-lost')).toHaveLength(
      1,
    );
  });

  it('go into the group that the function names, which a narrow role may write', async () => {
    const fixture = functionFixture();
    await fixture
      .client(CloudWatchLogsClient)
      .send(new CreateLogGroupCommand({ logGroupName: 'own' }));
    const Role = await fixture.role('writer', [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: 'arn:aws:logs:eu-west-1:111111111111:log-group:own:*',
      },
    ]);
    await fixture.define("exports.handler = async () => console.log('kept');", {
      Role,
      LoggingConfig: { LogGroup: 'own' },
    });
    await fixture.invoke('f');
    expect((await fixture.logLines('own')).some((line) => line.endsWith('kept'))).toBe(true);
  });
});
