import { describe, expect, it } from '@jest/globals';
import type { HttpRequest } from './http.ts';
import { refuseService, refuseUnsigned } from './refuse-unaddressed.ts';

const json = { 'content-type': 'application/x-amz-json-1.0' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

const request = (change: Partial<Omit<HttpRequest, 'body'>> & { body?: string }): HttpRequest => ({
  method: 'POST',
  path: '/',
  query: '',
  headers: {},
  ...change,
  body: Buffer.from(change.body ?? ''),
});

describe('a request that reaches no service', () => {
  it.each<[string, string, HttpRequest, RegExp]>([
    [
      'JSON',
      'secretsmanager',
      request({ headers: json }),
      /^{"__type":"UnknownService","message":"the service secretsmanager is not part of this emulator"}$/,
    ],
    [
      'query',
      'elasticloadbalancing',
      request({ headers: form, body: 'Action=DescribeLoadBalancers&Version=2015-12-01' }),
      /<ErrorResponse><Error><Type>Sender<\/Type><Code>UnknownService<\/Code><Message>the service elasticloadbalancing /,
    ],
    [
      'REST with XML',
      'route53',
      request({ method: 'GET', path: '/2013-04-01/hostedzone' }),
      /\n<Error><Code>UnknownService<\/Code><Message>the service route53 /,
    ],
    [
      'REST with JSON',
      'apigateway',
      request({ method: 'GET', path: '/restapis' }),
      /^{"__type":"UnknownService"/,
    ],
    [
      'markup in the name',
      'a<b&c',
      request({ headers: form, body: 'Action=X&Version=1' }),
      /the service a&lt;b&amp;c is/,
    ],
  ])('is told so in the form of its protocol: %s', (_, signingName, asked, body) => {
    const answer = refuseService(asked, signingName);
    expect(answer.status).toBe(501);
    expect(answer.body).toMatch(body);
  });

  it.each<[string, HttpRequest, number, RegExp]>([
    ['S3, anonymous', request({ method: 'GET', path: '/bucket' }), 403, /<Code>AccessDenied</],
    [
      'S3, presigned by version 2',
      request({
        method: 'GET',
        path: '/bucket/key',
        query: 'AWSAccessKeyId=A&Signature=b&Expires=1',
      }),
      400,
      /<Code>InvalidRequest<.*Please use AWS4-HMAC-SHA256\./,
    ],
    [
      'S3, signed by version 2',
      request({ method: 'GET', path: '/bucket', headers: { authorization: 'AWS A:b' } }),
      400,
      /<Code>InvalidRequest</,
    ],
    [
      'query',
      request({ headers: form, body: 'Action=GetCallerIdentity&Version=2011-06-15' }),
      403,
      /<ErrorResponse>.*<Code>MissingAuthenticationToken</,
    ],
    [
      'EC2',
      request({ headers: form, body: 'Action=DescribeInstances&Version=2016-11-15' }),
      403,
      /<Response><Errors><Error><Code>MissingAuthenticationToken</,
    ],
    ['JSON', request({ headers: json }), 400, /"__type":"MissingAuthenticationTokenException"/],
    [
      'REST with JSON, a date',
      request({ method: 'GET', path: '/2015-03-31/functions/' }),
      403,
      /"__type":"MissingAuthenticationTokenException"/,
    ],
    [
      'REST with JSON, a word',
      request({ path: '/ListImages' }),
      403,
      /"__type":"MissingAuthenticationTokenException"/,
    ],
  ])('is refused unless it is signed: %s', (_, asked, status, body) => {
    const answer = refuseUnsigned(asked);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(body);
  });
});
