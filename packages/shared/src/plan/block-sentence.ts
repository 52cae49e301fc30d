import type { Block, BlockReason, Warning, WarningReason } from '../payload/workload-response.ts';

type Sentences<All extends { reason: string }> = {
  readonly [R in All['reason']]: (values: Extract<All, { reason: R }>) => string;
};

const version = ({
  template,
  version: number,
}: {
  template: string | number;
  version: string | number;
}): string => `version ${number} of ${template}`;

const blocks: Sentences<Block> = {
  'request-invalid': ({ problem, schema }) =>
    `the request cannot be read: ${problem}; the handler speaks schema ${schema}, so bring it and its caller to one release`,
  'other-line': ({ line, asked }) => `this is the handler of line ${line}, not of ${asked}`,
  'image-wrong-region': ({ ami, region, here }) =>
    `${ami} is an image of ${region} and this is ${here}; name the copy of this Region`,
  'image-not-visible': ({ ami, region, owner }) =>
    `${ami} does not exist in ${region}, is not shared with this account, or is hidden by its Allowed AMIs setting; share it, or allow images of ${owner}`,
  'image-foreign-owner': ({ ami, owner, wanted }) =>
    `${ami} belongs to ${owner}; only images of ${wanted} are launched here`,
  'image-other-name': ({ ami, name, prefix }) =>
    `${ami} is called "${name}", which does not begin with "${prefix}"; correct ImagePrefix, or name an image of this line`,
  'image-not-available': ({ ami, state }) =>
    `${ami} is ${state}; only an available image can be launched`,
  'alarm-not-ok': ({ alarm, state }) => `the alarm ${alarm} is ${state}: ${alarmWayOut(state)}`,
  'kms-grant-refused': ({ key, role }) =>
    `${key} refuses a grant for ${role}; let its key policy allow kms:CreateGrant, Encrypt, Decrypt, ReEncrypt*, GenerateDataKey* and DescribeKey to the accounts of the organization`,
  'kms-key-unnamed': ({ ami }) =>
    `${ami} is encrypted and the request names no key; name the key that encrypts it`,
  'group-not-found': () =>
    'there is no such Auto Scaling group here; correct SampleAutoScalingGroup, or leave it empty and tag groups',
  'not-moved': () => 'this rollout has not moved the group; a survey says why',
  'enrolled-in-other-line': ({ line }) =>
    `its tag golden:line enrols it in line ${line}, and a group follows one line`,
  'being-deleted': () => 'the group is being deleted',
  'launch-configuration': () =>
    'it uses a launch configuration, which has no versions to go back to; move it to a launch template',
  'attribute-based-selection': () =>
    'it chooses instance types by attributes, and AWS neither skips matching instances of such a group nor rolls it back; list instance types',
  'image-overrides': () =>
    'its overrides name images of their own; name launch templates in them instead',
  'mixed-versions': () =>
    'it uses one launch template in several versions at once; use one version of each template',
  'too-many-templates': ({ count, max }) =>
    `it uses ${count} launch templates, and at most ${max} can be recorded for the way back; use fewer`,
  'other-template': ({ template, wanted }) =>
    `it launches from ${template}, not from SampleLaunchTemplate ${wanted}; correct the parameter or leave it empty`,
  'template-not-found': (values) =>
    `${version(values)}, which it launches from, does not exist; bring the group to a version that does`,
  'ssm-alias': (values) =>
    `${version(values)} names its image by ${values.image}, and AWS cannot roll that back; name an AMI id`,
  'refresh-in-progress': ({ refresh, status }) =>
    `the instance refresh ${refresh} is ${status}; the group is moved when it has ended`,
  'suspended-processes': ({ processes }) => `${processes} is suspended; resume it`,
  'instances-on-several-versions': ({ template, saved, versions }) =>
    `it is saved on ${saved} of ${template} and runs versions ${versions}; bring its instances to one version first`,
  'unreleased-template-change': (values) =>
    `${unreleased(values)}; refresh the group to it, or set AllowUnreleasedTemplateChange to go on without it`,
  'last-good-not-launchable': (values) =>
    `${version(values)} launches ${values.ami}, which is ${values.state}, so there would be no way back; put a launchable image into the template first`,
  'no-last-good': ({ ami }) =>
    `it is saved on ${ami} already, not all of its instances run it, and its tag golden:last-good records no other launchable image; finish that move by hand`,
  architecture: (values) => `${differs(values)}; enrol the group in a line of its architecture`,
  'boot-mode': (values) => `${differs(values)}; choose a parent image that boots alike`,
  'root-device': (values) => `${differs(values)}; choose a parent image with the same root device`,
  'root-volume-size': (values) =>
    `${version(values)} asks for a root volume of ${values.current} GiB and the image needs ${values.next}; enlarge it in the template`,
};

const warnings: Sentences<Warning> = {
  'ecs-signal-unproven': ({ logGroup }) =>
    `${logGroup} has never received an event, so whether ECS errors reach the alarm is unproven; see LogsPolicy`,
  'image-not-allowed': ({ ami, owner }) =>
    `the Allowed AMIs setting of this account, in audit mode, does not allow ${ami}; add ${owner} to the allowed providers before it is enabled`,
  'kms-grants-unmanaged': ({ ami }) =>
    `${ami} is encrypted and ManageKmsGrants is false: instances fail to launch unless somebody has granted its key to the Auto Scaling role`,
  'registration-not-checked': () =>
    'no ECS cluster is known for it, so nobody checks whether new instances register',
  'stack-managed': ({ stack }) =>
    `it belongs to the stack ${stack}, whose next update of it sets the stack's own launch template version again`,
  'template-shared': ({ template, other }) =>
    `${other} is saved on $Latest of ${template} and is not moved: it launches the new version from now on, and nobody watches it; pin it to a number, or give it a template of its own`,
  'unreleased-template-change': (values) =>
    `${unreleased(values)}, and stays out of the new version`,
};

const unreleased = (values: Extract<Block, { reason: 'unreleased-template-change' }>): string =>
  `${values.saved} of ${values.template} is version ${values.latest} and its instances run ${values.running}: a change that is not released yet`;

const differs = (values: {
  template: string | number;
  version: string | number;
  current: string | number;
  next: string | number;
}): string => `${version(values)} launches ${values.current} and the image is ${values.next}`;

const alarmWayOut = (state: string | number): string => {
  switch (state) {
    case 'ALARM':
      return 'ECS reports errors here already; mend them, or every image would be rolled back';
    case 'INSUFFICIENT_DATA':
      return 'it has not been evaluated yet; ask again in some minutes';
    default:
      return 'deploy the stack of this target again';
  }
};

// In both functions the type parameter ties the reason to the values that belong to it.
/** Says in a sentence without its full stop why a target or group is not moved, and what to do about it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- see above
export const blockSentence = <R extends BlockReason>(
  block: Extract<Block, { reason: R }>,
): string => blocks[block.reason](block);

/** Says in a sentence without its full stop what to look at. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- see above
export const warningSentence = <R extends WarningReason>(
  warning: Extract<Warning, { reason: R }>,
): string => warnings[warning.reason](warning);
