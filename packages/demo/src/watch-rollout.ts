import type { VersionRecord } from '@golden/shared/model/records.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import type { RolloutStage, RolloutView } from '@golden/stage/rollout-stage.ts';
import { counted } from './table.ts';
import type { Teller } from './teller.ts';

const minute = 60_000;
const planLimit = 12 * hour;
/** Subjects of the mails about a payload that no rollout follows. */
const refusals = /payload (rejected|unchanged|superseded)|image (failed|cancelled)/;
const rolloutLimit = 60 * hour;

/**
 * Uploads a payload and lets time pass until its plan is written, and not one event longer.
 *
 * @returns the version; undefined when the payload became no image that is rolled out
 */
export async function publishUntilPlanned(
  stage: RolloutStage,
  payload: { name: string; body: string },
): Promise<VersionRecord | undefined> {
  const { infra, world } = stage.fleet;
  const seen = { plan: false, refusal: false };
  const stop = world.journal.onEntry(({ name, detail }) => {
    if (name === 'function-ran' && String(detail['function']).includes('-PlanRolloutHandler'))
      seen.plan = true;
    if (name === 'email-sent' && refusals.test(String(detail['subject']))) seen.refusal = true;
  });
  await infra.upload(`payloads/${payload.name}`, payload.body);
  await world.scheduler.runUntil(() => seen.plan || seen.refusal, planLimit);
  stop();
  const [newest] = await infra.versions();
  return seen.plan ? newest : undefined;
}

/** Follows a rollout to its end and tells of each wave. */
export async function watch(
  stage: RolloutStage,
  version: VersionRecord,
  tell: Teller,
): Promise<RolloutView> {
  const told = new Set<string>();
  await stage.until(
    async () => {
      const view = await stage.rollout(version);
      if (!view) return false;
      const planned = view.targets.filter(({ wave }) => wave !== undefined);
      tell.progress(planned.filter(({ ended }) => ended !== undefined).length, planned.length);
      for (const line of waveLines(view)) {
        if (told.has(line)) continue;
        told.add(line);
        tell.say(`${clock(stage)}  ${line}`);
      }
      return isRolloutEnd(view.record.state);
    },
    rolloutLimit,
    minute,
  );
  tell.progress(0, 0);
  return stage.ended(version);
}

/** All that can be said of the waves by now; what was said before is said in the same words. */
function waveLines({ record, targets }: RolloutView): string[] {
  const { waves = [], wavesDone } = record;
  return waves.flatMap((size, index) => {
    const name = `wave ${index + 1} of ${waves.length}`;
    const own = targets.filter(({ wave }) => wave === index + 1);
    const lines: string[] = [];
    if (own.some(({ startedAt }) => startedAt !== undefined))
      lines.push(`${name} begins: ${size} ${size === 1 ? 'target' : 'targets'}`);
    if (lines.length > 0 && own.every(({ ended }) => ended !== undefined))
      lines.push(`${name} has come to rest: ${counted(own.map(outcomeOf).toSorted())}`);
    if (wavesDone > index) lines.push(`${name} is good`);
    return lines;
  });
}

const outcomeOf = ({ ended }: TargetRecord): string => ended?.outcome ?? 'no outcome';

/** Virtual time of the day. */
const clock = (stage: RolloutStage): string =>
  new Date(stage.fleet.world.scheduler.now).toISOString().slice(11, 16);
