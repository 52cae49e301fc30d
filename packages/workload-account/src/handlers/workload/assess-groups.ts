import { groupTags } from '@golden/shared/model/group.ts';
import { parseLastGood } from '@golden/shared/model/last-good.ts';
import type { NamedImage } from '@golden/shared/payload/workload-request.ts';
import type { Block, Warning } from '@golden/shared/payload/workload-response.ts';
import { assessGroup } from './decide/assess-group.ts';
import type { Assessment } from './decide/assess-group.ts';
import { checkImage } from './decide/check-image.ts';
import { resolveVersion, runningVersions } from './decide/facts.ts';
import type { Deps } from './deps.ts';
import type { LoadedFacts } from './load-groups.ts';

interface AssessedFacts extends LoadedFacts {
  assessment: Assessment;
}

export interface AssessedGroups {
  groups: readonly AssessedFacts[];
  warnings: readonly Warning[];
}

/**
 * Decides what becomes of each group under a new image. `survey` and `refresh` both begin here, so what the plan promised is
 * evaluated again right before it is carried out.
 *
 * @returns a block when the image is not launched here at all
 */
export const assessGroups = async (
  facts: readonly LoadedFacts[],
  named: NamedImage,
  deps: Deps,
): Promise<AssessedGroups | Block> => {
  const { config } = deps;
  const images = await deps.ec2.images([named.ami, ...facts.flatMap(imagesOf)]);
  const image = images.find(({ ami }) => ami === named.ami);
  const refused = checkImage(named, image, config);
  if (refused) return refused;
  if (!image) throw new TypeError('an image that is not visible is refused');
  const { line, templateId, allowsUnreleased } = config;
  const assess = (block: Block | undefined): AssessedFacts[] =>
    facts.map((one) => ({
      ...one,
      assessment: assessGroup(one, { line, templateId, allowsUnreleased, image, images, block }),
    }));
  const groups = assess(undefined);
  const movable = groups.filter(({ assessment }) => assessment.kind === 'ready');
  const warnings: Warning[] = [];
  // Where nothing is to be moved, nobody is asked for anything else.
  if (movable.length === 0) return { groups, warnings };
  // Under a setting in audit mode; one that is enabled hides the image.
  if (!image.isAllowed)
    warnings.push({ reason: 'image-not-allowed', ami: named.ami, owner: image.owner });
  const block =
    (await checkAlarm(deps)) ??
    (image.isEncrypted ? await checkKey(movable, { named, warnings }, deps) : undefined);
  return { groups: block ? assess(block) : groups.map(warnOfShared), warnings };
};

/** A new version of a template is at once what other groups launch that are saved on its `$Latest`. */
const warnOfShared = (
  one: AssessedFacts,
  _: number,
  groups: readonly AssessedFacts[],
): AssessedFacts => {
  const { assessment } = one;
  if (assessment.kind !== 'ready') return one;
  // One for each template, however many groups share it: an answer has a limit.
  const warnings = assessment.sources.flatMap(({ templateId: template }): Warning[] => {
    const [other, ...more] = groups.filter(
      ({ group, assessment: { kind } }) =>
        kind !== 'ready' &&
        group.templates.some(
          ({ templateId, version }) => templateId === template && version === '$Latest',
        ),
    );
    if (!other) return [];
    const { name } = other.group;
    const named = more.length > 0 ? `${name} (and ${more.length} more)` : name;
    return [{ reason: 'template-shared', template, other: named }];
  });
  return { ...one, assessment: { ...assessment, warnings: [...assessment.warnings, ...warnings] } };
};

/** The images that a group launches, runs or may have to go back to. */
const imagesOf = (facts: LoadedFacts): string[] => {
  const launched = facts.group.templates.flatMap(({ templateId, version }) =>
    [version, ...runningVersions(facts, templateId)].map(
      (one) => resolveVersion(facts, { templateId, version: one })?.image ?? '',
    ),
  );
  const recorded = parseLastGood(facts.group.tags[groupTags.lastGood]) ?? [];
  return [...launched, ...recorded.map(({ ami }) => ami)].filter((id) => id.startsWith('ami-'));
};

/** AWS refuses to start a refresh whose alarm is not OK. */
const checkAlarm = async ({ signal, config }: Deps): Promise<Block | undefined> => {
  const alarm = config.alarmName;
  const state = await signal.alarmState(alarm);
  return state === 'OK' ? undefined : { reason: 'alarm-not-ok', alarm, state };
};

const grantName = 'golden-image-launch';

/** An encrypted image is launched by the Auto Scaling role, which needs a grant for the foreign key. */
const checkKey = async (
  groups: readonly LoadedFacts[],
  about: { named: NamedImage; warnings: Warning[] },
  { keys, config }: Deps,
): Promise<Block | undefined> => {
  const { ami, kmsKeyArn: key } = about.named;
  if (!config.managesGrants) {
    about.warnings.push({ reason: 'kms-grants-unmanaged', ami });
    return undefined;
  }
  if (key === undefined) return { reason: 'kms-key-unnamed', ami };
  for (const role of new Set(groups.map(({ group }) => group.serviceLinkedRoleArn)))
    if ((await keys.grant({ keyArn: key, roleArn: role, name: grantName })) === 'refused')
      return { reason: 'kms-grant-refused', key, role };
  return undefined;
};
