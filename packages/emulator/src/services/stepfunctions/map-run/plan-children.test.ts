import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../asl/parse-definition.ts';
import type { Json, MapState } from '../asl/definition.ts';
import type { MapRunRequest } from '../engine-seam.ts';
import { planChildren } from './plan-children.ts';
import type { MapItem } from './read-items.ts';

const mapState = (fields: Record<string, unknown>): MapState => {
  const definition = parseDefinition(
    JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          End: true,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Done',
            States: { Done: { Type: 'Succeed' } },
          },
          ...fields,
        },
      },
    }),
  );
  const state = definition.States.get('Each');
  if (state?.Type !== 'Map') throw new Error('not a map');
  return state;
};

const plan = async (
  fields: Record<string, unknown>,
  items: readonly MapItem[],
): Promise<readonly Json[]> => {
  const request = {
    state: mapState(fields),
    evaluation: {
      input: { team: 'blue' },
      context: {},
      variables: new Map<string, Json>([['size', 3]]),
      now: 0,
      chance: () => 0,
    },
  } satisfies Partial<MapRunRequest>;
  const children = await planChildren(request, items);
  return Promise.all(children.map(({ input }) => input()));
};

const values = (...list: Json[]): MapItem[] =>
  list.map((value) => ({ value, source: 'STATE_DATA' }));

describe('planChildren', () => {
  it('gives each child its item', async () => {
    expect(await plan({}, values('a', { n: 1 }))).toEqual(['a', { n: 1 }]);
  });

  it('gives a child the pair for a member of an object', async () => {
    const items: MapItem[] = [{ key: 'a', value: 1, source: 'STATE_DATA' }];
    expect(await plan({}, items)).toEqual([{ Key: 'a', Value: 1 }]);
  });

  it('shows an ItemSelector the item, its place, the input and the variables', async () => {
    const ItemSelector = {
      item: '{% $states.context.Map.Item %}',
      team: '{% $states.input.team %}',
      size: '{% $size %}',
    };
    expect(await plan({ ItemSelector }, values('a', 'b'))).toEqual([
      { item: { Index: 0, Value: 'a', Source: 'STATE_DATA' }, team: 'blue', size: 3 },
      { item: { Index: 1, Value: 'b', Source: 'STATE_DATA' }, team: 'blue', size: 3 },
    ]);
  });

  it('fills batches up to their number of items', async () => {
    const ItemBatcher = { MaxItemsPerBatch: 2, BatchInput: { team: '{% $states.input.team %}' } };
    expect(await plan({ ItemBatcher }, values(1, 2, 3))).toEqual([
      { BatchInput: { team: 'blue' }, Items: [1, 2] },
      { BatchInput: { team: 'blue' }, Items: [3] },
    ]);
  });

  it('fills batches up to their bytes, to the byte', async () => {
    const two = JSON.stringify({ Items: ['aaaa', 'bbbb'] }).length;
    const batches = (bytes: number): Promise<readonly Json[]> =>
      plan({ ItemBatcher: { MaxInputBytesPerBatch: bytes } }, values('aaaa', 'bbbb', 'cccc'));
    expect(await batches(two)).toEqual([{ Items: ['aaaa', 'bbbb'] }, { Items: ['cccc'] }]);
    expect(await batches(two - 1)).toHaveLength(3);
  });

  it('refuses an item that fits into no batch', async () => {
    const ItemBatcher = { MaxInputBytesPerBatch: 20 };
    await expect(plan({ ItemBatcher }, values('a'.repeat(20)))).rejects.toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });
});
