import type { PolicyDocument, Place, Statement } from '../../tools/templates/policies.ts';
import type { Resource, Template } from '../../tools/templates/template-layer.ts';

/** Nobody calls as this service, so a trust policy that names only it trusts nobody. */
const nobody: Statement & Readonly<Record<string, unknown>> = {
  Principal: { Service: 'ec2.application-autoscaling.amazonaws.com' },
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
};

/** A document needs a statement: a policy without one is taken away, a trust that would be empty trusts nobody. */
export function mendEmpty(template: Template, logicalId: string, place: Place): void {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  switch (place.name) {
    case 'AssumeRolePolicyDocument':
      place.documents(properties)[0]?.document.Statement.push(nobody);
      break;
    case 'Policies':
      properties['Policies'] = (
        properties['Policies'] as { PolicyDocument: PolicyDocument }[]
      ).filter(({ PolicyDocument }) => PolicyDocument.Statement.length > 0);
      break;
    case 'ResourcePolicyDocument':
      Reflect.deleteProperty(properties, place.name);
      break;
    default:
      dropResource(template, logicalId);
  }
}

export function dropResource(template: Template, logicalId: string): void {
  Reflect.deleteProperty(template.Resources, logicalId);
  for (const resource of Object.values(template.Resources) as (Resource & {
    DependsOn?: string | string[];
  })[])
    if (resource.DependsOn !== undefined)
      resource.DependsOn = [resource.DependsOn].flat().filter((id) => id !== logicalId);
}
