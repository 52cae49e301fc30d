import { FleetStage } from '@golden/stage/fleet-stage.ts';
import type { Expectations } from './expectations.ts';
import { fleetPlan, FleetStory } from './fleet-story.ts';
import type { Narrator } from './narrator.ts';
import { Story } from './story.ts';

/** The organization in which the story takes place. */
export async function openStage(seed: string): Promise<FleetStage> {
  const { units, targets, rootAccounts, closed } = fleetPlan;
  const stage = await FleetStage.open({ settings: { seed }, units, targets, rootAccounts });
  await stage.close(closed);
  return stage;
}

/** The whole story: from a payload to an image, from an image to the groups of an account. */
export async function tell(
  stage: FleetStage,
  expectations: Expectations,
  narrator: Narrator,
): Promise<void> {
  const version = await new Story(stage, expectations, narrator).tell();
  await new FleetStory(stage, expectations, narrator).tell(version);
}
