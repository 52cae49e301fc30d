import { describe, expect, it } from '@jest/globals';
import { isWorkloadRequest, workloadRequestProblem } from './workload-request.ts';

const survey = {
  schema: 2,
  action: 'survey',
  line: 'golden',
  image: { ami: 'ami-00000000000000001', region: 'eu-west-1', version: '1.0.7' },
};
const refresh = { ...survey, action: 'refresh', rolloutId: 'golden-1-0-7-1' };

describe('a workload request', () => {
  it.each([
    survey,
    { ...survey, schema: 1 },
    refresh,
    { ...refresh, action: 'status' },
    { ...refresh, action: 'rollback', reason: 'judge' },
    {
      ...survey,
      image: {
        ...survey.image,
        kmsKeyArn: 'arn:aws:kms:eu-west-1:999900001111:key/mrk-0123456789abcdef',
      },
    },
  ])('is read: $action of schema $schema', (request) => {
    expect(isWorkloadRequest(request)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['it is "survey"', 'survey'],
    ['it is null', null],
    ['it is []', []],
    ['action is missing', {}],
    ['action is "delete"', { ...survey, action: 'delete' }],
    ['schema is 3', { ...survey, schema: 3 }],
    ['schema is 0', { ...survey, schema: 0 }],
    ['schema is "2"', { ...survey, schema: '2' }],
    ['line is "../x"', { ...survey, line: '../x' }],
    ['rolloutId is missing', { ...survey, action: 'refresh' }],
    ['member rolloutId is "x"', { ...survey, rolloutId: 'x' }],
    ['rolloutId is "a b"', { ...refresh, rolloutId: 'a b' }],
    ['member extra is 1', { ...survey, image: { ...survey.image, extra: 1 } }],
    ['ami is "ami-latest"', { ...survey, image: { ...survey.image, ami: 'ami-latest' } }],
    ['region is "Ireland"', { ...survey, image: { ...survey.image, region: 'Ireland' } }],
    ['version is "2.0.1"', { ...survey, image: { ...survey.image, version: '2.0.1' } }],
    ['kmsKeyArn is "alias/x"', { ...survey, image: { ...survey.image, kmsKeyArn: 'alias/x' } }],
    ['reason is ""', { ...refresh, action: 'rollback', reason: '' }],
  ])('is refused with what is wrong: %s', (problem, request) => {
    expect(workloadRequestProblem(request)).toBe(problem);
  });

  it('shows no more than the beginning of a long value', () => {
    expect(workloadRequestProblem({ ...survey, line: 'x'.repeat(10_000) })).toHaveLength(130);
  });

  it('is not fooled by what every object inherits', () => {
    expect(workloadRequestProblem({ ...survey, action: 'constructor' })).toBe(
      'action is "constructor"',
    );
    expect(workloadRequestProblem({ ...survey, toString: 1 })).toBe('member toString is 1');
  });
});
