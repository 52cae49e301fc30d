import type * as client from '@aws-sdk/client-ec2';
import { operation, type AccessCheck } from '../../world/service.ts';
import { invalidValue, missingParameter, notModelled, refuseDryRun } from './errors.ts';
import { ec2State } from './state.ts';

const criteriaMax = 10; // EC2 User Guide, "JSON configuration for the Allowed AMIs criteria"
const providersMax = 200; // EC2 API Reference, ImageCriterionRequest, ImageProviders
const namesMax = 50; // EC2 API Reference, ImageCriterionRequest, ImageNames
const daysMax = 2_147_483_647; // EC2 API Reference, CreationDateConditionRequest

/** None of these has a resource-level permission. */
const check = (action: string) => (): AccessCheck => ({ action: `ec2:${action}`, resource: '*' });

export const getAllowedImagesSettings = operation<
  client.GetAllowedImagesSettingsCommandInput,
  Partial<client.GetAllowedImagesSettingsCommandOutput>
>({
  authorize: check('GetAllowedImagesSettings'),
  run(input, call) {
    refuseDryRun(input);
    const { state, criteria } = ec2State.in(call).allowedImages;
    return {
      State: state,
      ...(criteria.length === 0 ? {} : { ImageCriteria: [...criteria] }),
      ManagedBy: 'account',
    };
  },
});

export const enableAllowedImagesSettings = operation<
  client.EnableAllowedImagesSettingsCommandInput,
  Partial<client.EnableAllowedImagesSettingsCommandOutput>
>({
  authorize: check('EnableAllowedImagesSettings'),
  run(input, call) {
    refuseDryRun(input);
    const state = input.AllowedImagesSettingsState;
    if (state === undefined) throw missingParameter('AllowedImagesSettingsState');
    // Clients can send more than the type says.
    if (!['enabled', 'audit-mode'].includes(state))
      throw invalidValue(`Invalid value '${state}' for AllowedImagesSettingsState.`);
    ec2State.in(call).allowedImages.state = state;
    return { AllowedImagesSettingsState: state };
  },
});

export const disableAllowedImagesSettings = operation<
  client.DisableAllowedImagesSettingsCommandInput,
  Partial<client.DisableAllowedImagesSettingsCommandOutput>
>({
  authorize: check('DisableAllowedImagesSettings'),
  run(input, call) {
    refuseDryRun(input);
    ec2State.in(call).allowedImages.state = 'disabled';
    return { AllowedImagesSettingsState: 'disabled' };
  },
});

export const replaceImageCriteria = operation<
  client.ReplaceImageCriteriaInAllowedImagesSettingsCommandInput,
  Partial<client.ReplaceImageCriteriaInAllowedImagesSettingsCommandOutput>
>({
  authorize: check('ReplaceImageCriteriaInAllowedImagesSettings'),
  run(input, call) {
    refuseDryRun(input);
    const criteria = input.ImageCriteria ?? [];
    if (criteria.length > criteriaMax)
      throw invalidValue(`at most ${criteriaMax} image criteria can be specified`);
    ec2State.in(call).allowedImages.criteria = criteria.map(checkCriterion);
    return { ReturnValue: true };
  },
});

function checkCriterion(criterion: client.ImageCriterionRequest): client.ImageCriterion {
  for (const name of ['MarketplaceProductCodes', 'ImageWatermarks', 'ScanResultCondition'] as const)
    if (criterion[name] !== undefined) throw notModelled(`the image criterion ${name}`);
  const { ImageProviders: providers, ImageNames: names } = criterion;
  if ((providers?.length ?? 0) > providersMax)
    throw invalidValue(`at most ${providersMax} image providers can be specified`);
  for (const provider of providers ?? [])
    if (!/^(?:\d{12}|amazon|aws-marketplace|aws-backup-vault|none)$/.test(provider))
      throw invalidValue(`Invalid image provider: '${provider}'`);
  if (providers?.includes('none') === true && providers.length > 1)
    throw invalidValue('none cannot be specified with other image providers');
  if ((names?.length ?? 0) > namesMax)
    throw invalidValue(`at most ${namesMax} image names can be specified`);
  for (const name of names ?? [])
    if (
      !/^[A-Za-z0-9()[\] ./\-'@_*?]{1,128}$/.test(name) ||
      (name.includes('?') && name.length < 3)
    )
      throw invalidValue(`Invalid image name: '${name}'`);
  for (const days of [
    criterion.CreationDateCondition?.MaximumDaysSinceCreated,
    criterion.DeprecationTimeCondition?.MaximumDaysSinceDeprecated,
  ])
    if (days !== undefined && (!Number.isInteger(days) || days < 0 || days > daysMax))
      throw invalidValue(`Invalid number of days: ${days}`);
  return {
    ImageProviders: providers,
    ImageNames: names,
    CreationDateCondition: criterion.CreationDateCondition,
    DeprecationTimeCondition: criterion.DeprecationTimeCondition,
  };
}
