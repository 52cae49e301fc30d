/**
 * The code of a hub as it is often written: one function that goes through the accounts of the organization, one after the other.
 * Before its time is up it says where it was, and whoever invoked it invokes it again from there.
 */
export const hubCode = `
'use strict';
const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
const { OrganizationsClient, paginateListAccounts } = require('@aws-sdk/client-organizations');
const { STSClient, AssumeRoleCommand } = require('@aws-sdk/client-sts');

const region = process.env.AWS_REGION;
const pollMs = 30_000;
/** Enough for one more question. */
const marginMs = 15_000;
const options = { region };
const organizations = new OrganizationsClient(options);
const sts = new STSClient(options);

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function listAccounts() {
  const ids = [];
  for await (const { Accounts = [] } of paginateListAccounts({ client: organizations }, {}))
    ids.push(...Accounts.map(({ Id }) => Id));
  return ids;
}

/** A client with the rights of an account's role; undefined where there is none for us. */
async function reach(account) {
  const RoleArn = 'arn:aws:iam::' + account + ':role/' + process.env.TARGET_ROLE;
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'hub' }),
    );
    return new LambdaClient({
      ...options,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
    });
  } catch (error) {
    console.warn(account, error.name);
    return undefined;
  }
}

async function ask(lambda, account, request) {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: ['arn:aws:lambda', region, account, 'function', process.env.TARGET_FUNCTION].join(':'),
      Payload: JSON.stringify(request),
    }),
  );
  const text = new TextDecoder().decode(Payload);
  const answer = JSON.parse(text);
  if (FunctionError !== undefined || answer.outcome !== 'answered')
    throw new Error(account + ': ' + text);
  return answer.groups;
}

const isMoving = ({ state }) => state === 'moving' || state === 'rolling-back';

exports.handler = async ({ request, waits, from, isBegun }, context) => {
  const accounts = await listAccounts();
  const hasTimeFor = (ms) => context.getRemainingTimeInMillis() > ms + marginMs;
  let through = 0;
  for (let index = from; index < accounts.length; index += 1) {
    if (!hasTimeFor(0)) return { through, from: index, isBegun: false };
    const account = accounts[index];
    const lambda = await reach(account);
    if (lambda === undefined) continue;
    const wasBegun = isBegun && index === from;
    let groups = await ask(lambda, account, {
      ...request,
      action: wasBegun ? 'status' : 'refresh',
    });
    while (waits && groups.some(isMoving)) {
      if (!hasTimeFor(pollMs)) return { through, from: index, isBegun: true };
      await sleep(pollMs);
      groups = await ask(lambda, account, { ...request, action: 'status' });
    }
    through += 1;
  }
  return { through };
};
`;
