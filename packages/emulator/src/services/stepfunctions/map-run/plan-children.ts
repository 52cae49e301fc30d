import type { ItemBatcher, Json } from '../asl/definition.ts';
import { evaluateTemplate } from '../asl/evaluate-template.ts';
import { StateError } from '../asl/state-error.ts';
import { payloadBytesMax } from '../engine/value.ts';
import type { MapRunRequest } from '../engine-seam.ts';
import { evaluateNumber } from './evaluate-number.ts';
import type { MapRunChild } from './map-run-state.ts';
import type { MapItem } from './read-items.ts';

type Planned = Pick<MapRunRequest, 'state' | 'evaluation'>;

/**
 * The children of a map run, in the order of the items. Without `ItemBatcher` an item is selected only when its child
 * begins; batches follow from the sizes of all items.
 *
 * Source: Step Functions Developer Guide, "ItemSelector (Map)", "ItemBatcher (Map)", "Context object".
 * @throws StateError States.QueryEvaluationError; States.DataLimitExceeded for an item that fits into no batch
 */
export async function planChildren(
  request: Planned,
  items: readonly MapItem[],
): Promise<readonly MapRunChild[]> {
  const { ItemBatcher: batcher } = request.state;
  if (batcher) return planBatches(request, items, batcher);
  return items.map((item, index) => ({
    itemsCount: 1,
    input: () => selectItem(request, item, index),
  }));
}

const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

async function selectItem(
  { state, evaluation }: Planned,
  item: MapItem,
  index: number,
): Promise<Json> {
  if (state.ItemSelector === undefined)
    return item.key === undefined ? item.value : { Key: item.key, Value: item.value };
  const Item = {
    Index: index,
    ...(item.key === undefined ? {} : { Key: item.key }),
    Value: item.value,
    Source: item.source,
  };
  return evaluateTemplate(
    state.ItemSelector,
    { ...evaluation, context: { ...evaluation.context, Map: { Item } } },
    'ItemSelector',
  );
}

async function planBatches(
  request: Planned,
  items: readonly MapItem[],
  batcher: ItemBatcher,
): Promise<readonly MapRunChild[]> {
  const { evaluation } = request;
  const itemsMax =
    batcher.MaxItemsPerBatch === undefined
      ? Number.MAX_SAFE_INTEGER
      : await evaluateNumber(batcher.MaxItemsPerBatch, evaluation, {
          field: 'ItemBatcher/MaxItemsPerBatch',
          min: 1,
          isInteger: true,
        });
  const bytesMax =
    batcher.MaxInputBytesPerBatch === undefined
      ? payloadBytesMax
      : await evaluateNumber(batcher.MaxInputBytesPerBatch, evaluation, {
          field: 'ItemBatcher/MaxInputBytesPerBatch',
          min: 1,
          max: payloadBytesMax,
          isInteger: true,
        });
  const shared =
    batcher.BatchInput === undefined
      ? {}
      : {
          BatchInput: await evaluateTemplate(
            batcher.BatchInput,
            evaluation,
            'ItemBatcher/BatchInput',
          ),
        };
  const batches: Json[][] = [];
  const emptyBytes = jsonBytes({ ...shared, Items: [] });
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const selected = await selectItem(request, item, index);
    const itemBytes = jsonBytes(selected);
    if (emptyBytes + itemBytes > bytesMax)
      throw new StateError(
        'States.DataLimitExceeded',
        `The item ${index} has ${itemBytes} bytes and does not fit into a batch of ${bytesMax}.`,
      );
    const batch = batches.at(-1);
    // One more byte for the comma.
    if (!batch || batch.length >= itemsMax || bytes + itemBytes + 1 > bytesMax) {
      batches.push([selected]);
      bytes = emptyBytes + itemBytes;
    } else {
      batch.push(selected);
      bytes += itemBytes + 1;
    }
  }
  return batches.map((batch) => ({
    itemsCount: batch.length,
    input: () => Promise.resolve({ ...shared, Items: batch }),
  }));
}
