import { describe, expect, it } from '@jest/globals';
import type { ItemKey, Table } from '@golden/shared/aws/table.ts';
import { imageLine } from '@golden/shared/model/ids.ts';
import { noticeMessage } from '@golden/shared/model/notice.ts';
import type { Notice } from '@golden/shared/model/notice.ts';
import {
  aGroupRecord,
  anInstant,
  aRollout,
  aTarget,
} from '@golden/shared/model/rollout-builders.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { makeRolloutStore } from '@golden/shared/store/rollout-store.ts';
import { makeVersionStore } from '@golden/shared/store/version-store.ts';
import { settleRollout } from './settle-rollout.ts';

const line = imageLine('prod');
const error = { code: 'engine-error', sentence: 'the map failed' } as const;
const unused = () => Promise.reject(new Error('nobody uses this'));

/** A state table in memory. */
const aTable = (): Table => {
  const items = new Map<string, Record<string, unknown>>();
  const nameOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;
  return {
    get: (key) => Promise.resolve(items.get(nameOf(key))),
    replace: (key, values, revision) => {
      if (Number(items.get(nameOf(key))?.['revision'] ?? 0) !== revision)
        return Promise.resolve('stale');
      items.set(nameOf(key), { ...values, revision: revision + 1 });
      return Promise.resolve('done');
    },
    all: ({ pk, skPrefix }) =>
      Promise.resolve(
        [...items].flatMap(([name, item]) => (name.startsWith(`${pk} ${skPrefix}`) ? [item] : [])),
      ),
    newestFirst: () => Promise.resolve([]),
    putIfAbsent: unused,
    update: unused,
    putAll: unused,
    addToSet: unused,
  };
};

/** A rollout with these targets, and how it is brought to its end. */
const aRolloutOf = async (targets: readonly TargetRecord[]) => {
  const table = aTable();
  const rollouts = makeRolloutStore(table, line);
  const { rolloutId } = aRollout();
  await rollouts.writeRollout({ value: aRollout(), revision: 0 });
  for (const value of targets) await rollouts.writeTarget(rolloutId, { value, revision: 0 });
  const notices: Notice[] = [];
  const settle = (store = rollouts) =>
    settleRollout(rolloutId, error, {
      rollouts: store,
      versions: makeVersionStore(table, line),
      clock: { now: () => anInstant(600), sleep: () => Promise.resolve() },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      stable: {
        read: () => Promise.resolve(undefined),
        write: () => Promise.resolve(),
        remove: () => Promise.resolve(),
      },
      notices: {
        send: (notice) => {
          notices.push(notice);
          return Promise.resolve();
        },
      },
    });
  return { rollouts, rolloutId, notices, settle };
};

describe('settleRollout', () => {
  const moving = aTarget({
    startedAt: anInstant().iso,
    groups: [aGroupRecord({ state: 'moving' })],
  });

  it('gives an outcome to a target whose child wrote one more step and was cut off', async () => {
    const { rollouts, rolloutId, settle } = await aRolloutOf([moving]);
    await settle({
      ...rollouts,
      targets: async (id) => {
        const found = await rollouts.targets(id);
        for (const target of found) await rollouts.writeTarget(id, target);
        return found;
      },
    });
    expect((await rollouts.target(rolloutId, moving)).value.ended).toMatchObject({
      outcome: 'failed',
      reason: 'no-outcome',
    });
    expect((await rollouts.rollout(rolloutId))?.value.outcomes).toEqual({ failed: 1 });
  });

  it('tells people in a message that SNS takes, however much the targets had to say', async () => {
    const sentence = 'web: \u0000'.repeat(10_000);
    const targets = Array.from({ length: 60 }, (_, index) =>
      aTarget({
        account: String(100_000_000_000 + index),
        ended: { outcome: 'failed', reason: 'aws-error', sentence },
      }),
    );
    const { notices, settle } = await aRolloutOf(targets);
    await settle();
    const [notice] = notices;
    const { body } = noticeMessage(notice!, { line, at: anInstant().iso });
    // SNS API reference, Publish: "Maximum size: 262,144 bytes".
    expect(new TextEncoder().encode(body).length).toBeLessThan(262_144);
    expect(body).toContain('100000000049');
  });
});
