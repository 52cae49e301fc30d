import type { Template } from '../templates/template-layer.ts';
import { resourcesOf } from './rights.ts';

/** A role that AWS makes and owns and that works on what a template has made. */
export interface AwsRole {
  readonly name: string;
  readonly where: string;
  readonly what: string;
  /** The logical ids that bring it in. */
  readonly because: readonly string[];
}

/** By the type of the resource that makes AWS use the role. Source: the services' pages on service-linked roles. */
const rolesByType: Readonly<Record<string, readonly Omit<AwsRole, 'because'>[]>> = {
  'AWS::CloudFormation::StackSet': [
    {
      name: 'AWSServiceRoleForCloudFormationStackSetsOrgAdmin',
      where: 'management account',
      what: 'lists the organization and makes the roles below in its accounts; it exists once trusted access for StackSets is on',
    },
    {
      name: 'stacksets-exec-*',
      where: 'workload accounts',
      what: 'deploys the workload stack, with the rights of an administrator: whoever changes the StackSet changes every account of its units',
    },
  ],
  'AWS::ImageBuilder::ImagePipeline': [
    {
      name: 'AWSServiceRoleForImageBuilder',
      where: 'infra account',
      what: 'launches build instances, makes, copies and shares images, publishes what became of them; the first `start-build` may create it',
    },
  ],
};

/** What a handler does in the name of a service, by the action that brings the service in. */
const rolesByAction: Readonly<Record<string, Omit<AwsRole, 'because'>>> = {
  'autoscaling:StartInstanceRefresh': {
    name: 'AWSServiceRoleForAutoScaling*',
    where: 'workload accounts',
    what: 'replaces the instances of a group; it needs a grant on the key of an encrypted image',
  },
};

/** The roles of AWS that the templates bring in. */
export function awsRoles(
  templates: readonly Template[],
  actions: ReadonlyMap<string, readonly string[]>,
): AwsRole[] {
  const byType = Object.entries(rolesByType).flatMap(([type, roles]) => {
    const because = templates.flatMap((template) =>
      resourcesOf(template, type).map(([logicalId]) => logicalId),
    );
    return because.length === 0 ? [] : roles.map((role) => ({ ...role, because }));
  });
  const byAction = Object.entries(rolesByAction).flatMap(([action, role]) => {
    const because = actions.get(action) ?? [];
    return because.length === 0 ? [] : [{ ...role, because }];
  });
  return [...byType, ...byAction];
}
