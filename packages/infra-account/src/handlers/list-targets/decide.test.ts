import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OrganizationAccount } from '@golden/shared/aws/organization.ts';
import type { StackInstance } from '@golden/shared/aws/stack-instances.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { anAmi } from '@golden/shared/model/test-builders.ts';
import { listTargets, planWrites } from './decide.ts';
import type { Fleet } from './decide.ts';

const now = { iso: '2026-11-21T12:00:00.000Z', epochSeconds: 1_795_262_400 };
const home = 'eu-west-1';
const abroad = 'us-east-1';
const management = '100000000001';
const member = '200000000002';

const anAccount = (changes: Partial<OrganizationAccount> = {}): OrganizationAccount => ({
  id: member,
  name: 'shop',
  state: 'ACTIVE',
  ...changes,
});
const anInstance = (changes: Partial<StackInstance> = {}): StackInstance => ({
  account: member,
  region: home,
  status: 'SUCCEEDED',
  hasStack: true,
  reason: '',
  ...changes,
});
/** One account with the stack in the one Region that has an image. */
const aFleet = (changes: Partial<Fleet> = {}): Fleet => ({
  accounts: [anAccount()],
  managementAccount: management,
  instances: [anInstance()],
  regions: [home],
  amis: { [home]: anAmi() },
  ...changes,
});
const reasons = (fleet: Fleet) =>
  listTargets(fleet, now).map((row) => [targetName(row), row.ended?.reason ?? 'target']);
const sentenceOf = (fleet: Fleet) => listTargets(fleet, now)[0]?.ended?.sentence;

describe('listTargets with a StackSet', () => {
  it('makes a target of an account and Region with stack and image', () => {
    expect(listTargets(aFleet(), now)).toEqual([
      {
        account: member,
        accountName: 'shop',
        region: home,
        enrolment: 'stack-set',
        groups: [],
        warnings: [],
      },
    ]);
  });

  it('ends what is no target, with reason and time', () => {
    expect(listTargets(aFleet({ instances: [] }), now)).toEqual([
      expect.objectContaining({
        region: home,
        enrolment: 'stack-set',
        endedAt: now.iso,
        ended: {
          outcome: 'not-enrolled',
          reason: 'no-stack',
          sentence: expect.stringContaining('WorkloadOrganizationalUnitIds'),
        },
      }),
    ]);
  });

  it('leaves the management account out in every Region, whatever else is known of it', () => {
    const fleet = aFleet({
      accounts: [anAccount({ id: management, state: 'SUSPENDED' })],
      instances: [anInstance({ account: management })],
      regions: [home, abroad],
    });
    expect(reasons(fleet)).toEqual([
      [`${management}/${home}`, 'management-account'],
      [`${management}/${abroad}`, 'management-account'],
    ]);
  });

  it.each([
    ['SUSPENDED', 'account-suspended'],
    ['PENDING_CLOSURE', 'account-pending-closure'],
    ['PENDING_ACTIVATION', 'account-pending-activation'],
    ['CLOSED', 'account-closed'],
    ['UNKNOWN', 'account-unknown'],
  ])('leaves an account out that is %s, although its stacks are there', (state, reason) => {
    const fleet = aFleet({ accounts: [anAccount({ state })], regions: [home, abroad] });
    expect(reasons(fleet)).toEqual([
      [`${member}/${home}`, reason],
      [`${member}/${abroad}`, reason],
    ]);
  });

  it.each([
    ['PENDING', 'stack-pending', 'let the operation'],
    ['RUNNING', 'stack-running', 'let the operation'],
    ['FAILED', 'stack-failed', 'mend'],
    ['CANCELLED', 'stack-cancelled', 'mend'],
    ['INOPERABLE', 'stack-inoperable', 'mend'],
    ['OUTDATED', 'stack-outdated', 'mend'],
    ['SKIPPED_SUSPENDED_ACCOUNT', 'stack-skipped-suspended-account', 'mend'],
  ])('leaves a stack out that is %s and says what to do', (status, reason, wayOut) => {
    const fleet = aFleet({ instances: [anInstance({ status, hasStack: false })] });
    expect(reasons(fleet)).toEqual([[`${member}/${home}`, reason]]);
    expect(sentenceOf(fleet)).toMatch(new RegExp(`is ${status}; ${wayOut}`));
  });

  it.each(['PENDING', 'RUNNING'])('takes a stack that is being updated and %s', (status) => {
    expect(reasons(aFleet({ instances: [anInstance({ status })] }))).toEqual([
      [`${member}/${home}`, 'target'],
    ]);
  });

  it('quotes why AWS could not deploy the stack, on one line and not all of it', () => {
    const reason = `Account has an SCP\n that denies ${'x'.repeat(10_000)}`;
    const sentence = sentenceOf(aFleet({ instances: [anInstance({ status: 'FAILED', reason })] }));
    expect(sentence).toContain('FAILED (Account has an SCP that denies xxx');
    expect(sentence!.length).toBeLessThan(700);
  });

  it('takes a stack that AWS only calls CURRENT', () => {
    expect(reasons(aFleet({ instances: [anInstance({ status: 'CURRENT' })] }))).toEqual([
      [`${member}/${home}`, 'target'],
    ]);
  });

  it('finds no image where Image Builder made none', () => {
    const instances = [anInstance(), anInstance({ region: abroad })];
    const fleet = aFleet({ instances, regions: [home, abroad] });
    expect(reasons(fleet)).toEqual([
      [`${member}/${home}`, 'target'],
      [`${member}/${abroad}`, 'no-image'],
    ]);
  });

  it('finds no image in a Region that is no longer one of ours, be the stack there as it may', () => {
    const amis = { [home]: anAmi(), [abroad]: anAmi('2') };
    for (const status of ['SUCCEEDED', 'FAILED']) {
      const instances = [anInstance(), anInstance({ region: abroad, status })];
      expect(reasons(aFleet({ instances, amis }))).toEqual([
        [`${member}/${home}`, 'target'],
        [`${member}/${abroad}`, 'no-image'],
      ]);
    }
  });

  it('leaves out the stacks of accounts that have left', () => {
    const instances = [anInstance(), anInstance({ account: '900000000009' })];
    expect(reasons(aFleet({ instances }))).toEqual([[`${member}/${home}`, 'target']]);
  });
});

describe('listTargets without a StackSet', () => {
  it('makes a target of every active account and Region with an image', () => {
    const fleet = aFleet({
      accounts: [
        anAccount({ id: '300000000003', state: 'SUSPENDED' }),
        anAccount(),
        anAccount({ id: management }),
      ],
      instances: undefined,
      regions: [home, abroad],
    });
    expect(reasons(fleet)).toEqual([
      [`${management}/${home}`, 'management-account'],
      [`${management}/${abroad}`, 'management-account'],
      [`${member}/${home}`, 'target'],
      [`${member}/${abroad}`, 'no-image'],
      [`300000000003/${home}`, 'account-suspended'],
      [`300000000003/${abroad}`, 'account-suspended'],
    ]);
    expect(listTargets(fleet, now).map(({ enrolment }) => enrolment)).toEqual(
      Array.from({ length: 6 }, () => 'by-hand'),
    );
  });
});

describe('planWrites', () => {
  const [open] = listTargets(aFleet(), now);
  const [other] = listTargets(aFleet({ accounts: [anAccount({ id: management })] }), now);
  const further = (changes: Partial<TargetRecord>): TargetRecord => ({ ...open!, ...changes });

  it('writes all rows the first time, and lists those that are open', () => {
    expect(planWrites([other!, open!], [])).toEqual({
      rows: [other, open],
      places: [{ account: member, region: home }],
    });
  });

  it('writes what an attempt that died left unwritten', () => {
    expect(planWrites([other!, open!], [other!])).toMatchObject({ rows: [open] });
  });

  it('keeps a row that is there, also when the fleet has changed since', () => {
    const surveyed = further({ surveyedAt: now.iso });
    const [suspended] = listTargets(aFleet({ accounts: [anAccount({ state: 'CLOSED' })] }), now);
    expect(planWrites([suspended!], [surveyed])).toEqual({
      rows: [],
      places: [{ account: member, region: home }],
    });
    expect(planWrites([], [surveyed]).places).toHaveLength(1);
  });

  it('lists nothing that has ended meanwhile', () => {
    const ended = further({ endedAt: now.iso, ended: { outcome: 'skipped' } });
    expect(planWrites([open!], [ended])).toEqual({ rows: [], places: [] });
  });

  it('lists nothing for an empty organization', () => {
    const rows = listTargets(aFleet({ accounts: [] }), now);
    expect(planWrites(rows, [])).toEqual({ rows: [], places: [] });
  });
});

const someIds = ['100000000001', '200000000002', '300000000003', '400000000004'] as const;
const someRegions = ['eu-west-1', 'us-east-1', 'us-gov-west-1'] as const;
const account = fc.record({
  id: fc.constantFrom(...someIds),
  name: fc.string(),
  state: fc.constantFrom('ACTIVE', 'ACTIVE', 'SUSPENDED', 'CLOSED'),
});
const instance = fc.record({
  account: fc.constantFrom(...someIds),
  region: fc.constantFrom(...someRegions),
  status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'FAILED', 'RUNNING'),
  hasStack: fc.boolean(),
  reason: fc.string(),
});
const fleet: fc.Arbitrary<Fleet> = fc.record({
  accounts: fc.array(account),
  managementAccount: fc.constantFrom(...someIds),
  instances: fc.option(fc.uniqueArray(instance, { selector: targetName }), { nil: undefined }),
  regions: fc.array(fc.constantFrom(...someRegions), { minLength: 1 }),
  amis: fc.dictionary(fc.constantFrom(...someRegions), fc.constant(anAmi())),
});
const inOrder = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();

describe('any fleet', () => {
  it('gets exactly one row for every account and Region, in their order', () => {
    fc.assert(
      fc.property(fleet, (any) => {
        const ids = any.accounts.map(({ id }) => id);
        const everywhere = ids.flatMap((id) => any.regions.map((region) => `${id}/${region}`));
        const stacks = (any.instances ?? []).filter(({ account: id }) => ids.includes(id));
        expect(listTargets(any, now).map(targetName)).toEqual(
          inOrder([...everywhere, ...stacks.map(targetName)]),
        );
      }),
    );
  });

  it('has as targets what is active, no management account, with image and stack', () => {
    fc.assert(
      fc.property(fleet, (any) => {
        // The last entry of an account that is named twice counts.
        const states = new Map(any.accounts.map(({ id, state }) => [id, state]));
        const expected = [...states].flatMap(([id, state]) =>
          any.regions
            .filter(
              (region) =>
                state === 'ACTIVE' &&
                id !== any.managementAccount &&
                any.amis[region] !== undefined &&
                (any.instances?.some(
                  (one) =>
                    one.account === id &&
                    one.region === region &&
                    (one.status === 'SUCCEEDED' || (one.status === 'RUNNING' && one.hasStack)),
                ) ??
                  true),
            )
            .map((region) => `${id}/${region}`),
        );
        const { places } = planWrites(listTargets(any, now), []);
        expect(places.map(targetName)).toEqual(inOrder(expected));
      }),
    );
  });

  it('ends whatever is not listed, with a sentence that says why', () => {
    fc.assert(
      fc.property(fleet, (any) => {
        const rows = listTargets(any, now);
        const listed = planWrites(rows, []).places.map(targetName);
        for (const row of rows)
          if (listed.includes(targetName(row)))
            expect([row.ended, row.endedAt]).toEqual([undefined, undefined]);
          else {
            expect(row).toMatchObject({ endedAt: now.iso, ended: { outcome: 'not-enrolled' } });
            expect(row.ended?.sentence).toMatch(/^\S.*[^.\s]$/s);
          }
      }),
    );
  });

  it('ends with the same rows and the same list, whatever an attempt that died had written', () => {
    fc.assert(
      fc.property(fleet, fc.infiniteStream(fc.boolean()), (any, isWritten) => {
        const rows = listTargets(any, now);
        const later = listTargets(any, { ...now, iso: '2026-11-21T12:05:00.000Z' });
        const written = rows.filter(() => isWritten.next().value);
        const retry = planWrites(later, written);
        const names = [...written, ...retry.rows].map(targetName);
        expect(names.toSorted()).toEqual(rows.map(targetName));
        expect(retry.places).toEqual(planWrites(rows, []).places);
      }),
    );
  });
});
