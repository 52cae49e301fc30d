import { customerTemplate } from '@golden/stage/customer-template.ts';
import { deployCustomers } from '@golden/stage/deploy-customers.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

/** A fleet in which each target is one account with one group of one instance. */
export interface OneGroupFleet {
  readonly stage: RolloutStage;
  readonly places: readonly Place[];
}

/** @param template makes the customer's template out of the example's one, once the infra stack is there */
export async function openOneGroupFleet(
  size: number,
  settings: Readonly<Record<string, string>>,
  template: (stage: RolloutStage, example: string) => string = (_, example) => example,
): Promise<OneGroupFleet> {
  const names = Array.from({ length: size }, (_, index) => `workload-${index + 1}`);
  const stage = await RolloutStage.open({
    otherRegions: [],
    units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
  });
  await stage.deploy(settings);
  const places = names.map((name) => stage.fleet.place(name));
  await deployCustomers(stage.fleet, places, template(stage, customerTemplate(['SingleGroup'])));
  return { stage, places };
}
