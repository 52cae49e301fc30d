import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites, override } from './hand-made.ts';

const minute = 60_000;
const names = { refused: 'workload-1', granted: 'workload-2', unmanaged: 'workload-3' };

/** A multi-Region key of the infra account, with or without the statement that the refusal asks for. */
const keyTemplate = (stage: FleetStage, isForOrganization: boolean): string =>
  JSON.stringify({
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          MultiRegion: true,
          KeyPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: `arn:aws:iam::${stage.infra.infra.id}:root` },
                Action: 'kms:*',
                Resource: '*',
              },
              ...(isForOrganization
                ? [
                    {
                      Effect: 'Allow',
                      Principal: { AWS: '*' },
                      Action: [
                        'kms:CreateGrant',
                        'kms:Encrypt',
                        'kms:Decrypt',
                        'kms:ReEncrypt*',
                        'kms:GenerateDataKey*',
                        'kms:DescribeKey',
                      ],
                      Resource: '*',
                      Condition: {
                        StringEquals: { 'aws:PrincipalOrgID': stage.infra.organization.id },
                      },
                    },
                  ]
                : []),
            ],
          },
        },
      },
    },
    Outputs: { Id: { Value: { Ref: 'Key' } }, Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
  });

interface Encrypted {
  readonly version: VersionRecord;
  readonly keyId: string;
  readonly keyArn: string;
}

let stage: FleetStage;
let closed: Encrypted;
let open: Encrypted;

/** Builds under a key of its own. */
const buildUnder = async (name: string, isForOrganization: boolean): Promise<Encrypted> => {
  const { Id = '', Arn = '' } = await stage.deployStack(stage.place('infra'), {
    name,
    template: keyTemplate(stage, isForOrganization),
    parameters: {},
  });
  await stage.deploy({ AmiKmsKeyId: Id });
  const script = `#!/bin/bash\necho ${name} > /etc/motd\n`;
  return { version: await stage.build(`${name}.sh`, script), keyId: Id, keyArn: Arn };
};

beforeAll(async () => {
  stage = await FleetStage.open({
    otherRegions: [],
    settings: { pageSizeMax: 2 },
    units: [{ name: 'workloads', accounts: Object.values(names).map((name) => ({ name })) }],
  });
  await stage.deploy();
  closed = await buildUnder('closed', false);
  open = await buildUnder('open', true);
  for (const name of Object.values(names)) {
    const hand = await HandMade.open(stage, stage.place(name));
    await hand.plainGroup('web', { size: 1 });
    await hand.settle('web');
  }
});

const ask = (
  place: Place,
  { version, keyArn }: Encrypted,
  action: 'survey' | 'refresh' | 'status',
): Promise<readonly ExplainedReport[]> =>
  stage.reports(place, {
    ...stage.request(place, version, {
      action,
      ...(action !== 'survey' && { rolloutId: 'r1' }),
    }),
    image: {
      ami: version.amis?.[place.region],
      region: place.region,
      version: version.version,
      kmsKeyArn: keyArn,
    },
  });

describe('an encrypted image', () => {
  it('under a key that refuses the account keeps each group where it is, with the statement to add', async () => {
    const place = stage.place(names.refused);
    const start = stage.world.journal.entries.length;
    const skipped = {
      group: 'web',
      state: 'skipped',
      block: {
        reason: 'kms-grant-refused',
        sentence: expect.stringMatching(
          /^arn:aws:kms:\S+ refuses a grant for \S+AWSServiceRoleForAutoScaling; let its key policy allow kms:CreateGrant/,
        ),
      },
    };
    const said = [
      ...(await ask(place, closed, 'survey')),
      ...(await ask(place, closed, 'refresh')),
    ];
    expect(said).toMatchObject([skipped, skipped]);
    // It asked for the grant, and did nothing else.
    expect(handlerWrites(stage, place, start)).toEqual([
      `CreateGrant ${closed.keyArn}`,
      `CreateGrant ${closed.keyArn}`,
    ]);
    expect(await stage.infra.grants(closed.keyId)).toEqual([]);
  });

  it('whose key the request does not name keeps each group where it is', async () => {
    const place = stage.place(names.refused);
    const start = stage.world.journal.entries.length;
    for (const action of ['survey', 'refresh']) {
      const request = stage.request(place, open.version, {
        action,
        ...(action === 'refresh' && { rolloutId: 'r1' }),
      });
      expect(await stage.reports(place, request)).toMatchObject([
        {
          state: 'skipped',
          block: {
            reason: 'kms-key-unnamed',
            sentence: expect.stringMatching(/^ami-\w+ is encrypted and the request names no key/),
          },
        },
      ]);
    }
    expect(handlerWrites(stage, place, start)).toEqual([]);
  });

  it('is launched by the grant that is made once, however often it is asked', async () => {
    const place = stage.place(names.granted);
    for (let times = 0; times < 2; times += 1)
      expect(await ask(place, open, 'survey')).toMatchObject([{ group: 'web', state: 'ready' }]);
    await ask(place, open, 'refresh');
    let reports = await ask(place, open, 'status');
    for (let polls = 0; polls < 200 && reports[0]?.state === 'moving'; polls += 1) {
      await stage.world.scheduler.runFor(minute);
      reports = await ask(place, open, 'status');
    }
    expect(reports).toMatchObject([{ group: 'web', state: 'refreshed' }]);
    const ami = open.version.amis?.[place.region] ?? '';
    expect((await stage.groups(place)).get('web')?.running).toEqual([`2 ${ami}`]);
    expect(
      (await stage.infra.grants(open.keyId)).filter((grant) => grant.startsWith('golden-')),
    ).toEqual([
      `golden-image-launch arn:aws:iam::${place.account.id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    ]);
  });

  it('is a warning where somebody else sees to grants, and nobody asks for one', async () => {
    const place = stage.place(names.unmanaged);
    await override(stage, place, { ManageKmsGrants: 'false' });
    const start = stage.world.journal.entries.length;
    const request = stage.request(place, open.version, { action: 'survey' });
    expect(await stage.reports(place, request)).toMatchObject([{ state: 'ready' }]);
    expect(await stage.ask(place, request)).toMatchObject({
      response: {
        warnings: expect.arrayContaining([
          {
            reason: 'kms-grants-unmanaged',
            sentence: expect.stringMatching(/^ami-\w+ is encrypted and ManageKmsGrants is false:/),
          },
        ]),
      },
    });
    expect(handlerWrites(stage, place, start)).toEqual([]);
  });
});
