/** CloudFormation JSON, as far as policies need it. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}
interface Template {
  readonly Resources: Record<string, Resource>;
}
interface Statement {
  readonly Sid?: string;
  /** A statement that stands in the template under a condition only. */
  readonly 'Fn::If'?: readonly [string, Statement, unknown];
}
interface PolicyDocument {
  Statement: Statement[];
}

/** One statement of one policy of the synthesized template. */
export interface Site {
  /** `<logical id>/<policy>/<sid or number>` */
  readonly id: string;
  /** Makes the template without this statement. */
  readonly without: (templateText: string) => string;
}

/** How a policy document is reached from a resource's properties. */
interface Place {
  readonly name: string;
  readonly documents: (properties: Record<string, unknown>) => readonly PolicyDocument[];
}

/** A document that stands in the template under a condition only. */
interface Conditional {
  readonly 'Fn::If': readonly [string, PolicyDocument, unknown];
}

const property = (name: string): Place => ({
  name,
  documents: (properties) => {
    const document = properties[name] as PolicyDocument | Conditional | undefined;
    if (document === undefined) return [];
    return ['Fn::If' in document ? document['Fn::If'][1] : document];
  },
});

const places: Readonly<Record<string, readonly Place[]>> = {
  'AWS::IAM::Role': [
    property('AssumeRolePolicyDocument'),
    {
      name: 'Policies',
      documents: (properties) =>
        ((properties['Policies'] ?? []) as { PolicyDocument: PolicyDocument }[]).map(
          ({ PolicyDocument }) => PolicyDocument,
        ),
    },
  ],
  'AWS::KMS::Key': [property('KeyPolicy')],
  'AWS::Logs::LogGroup': [property('ResourcePolicyDocument')],
  'AWS::S3::BucketPolicy': [property('PolicyDocument')],
  'AWS::SNS::TopicPolicy': [property('PolicyDocument')],
  'AWS::SQS::QueuePolicy': [property('PolicyDocument')],
};

/** Resources that are one statement as a whole. */
const wholeStatements = ['AWS::Lambda::Permission', 'AWS::Logs::ResourcePolicy'];

/** Every statement of every policy in the template; a Lambda permission is a statement of its own. */
export function statementSites(templateText: string): Site[] {
  const { Resources } = JSON.parse(templateText) as Template;
  return Object.entries(Resources).flatMap(([logicalId, resource]) => {
    if (wholeStatements.includes(resource.Type)) return [wholeSite(logicalId)];
    return (places[resource.Type] ?? []).flatMap((place) =>
      place.documents(resource.Properties ?? {}).flatMap((document, documentIndex) =>
        document.Statement.map((statement, index) =>
          statementSite({
            logicalId,
            place,
            documentIndex,
            index,
            sid: (statement['Fn::If']?.[1] ?? statement).Sid,
          }),
        ),
      ),
    );
  });
}

/** Nobody calls as this service, so a trust policy that names only it trusts nobody. */
const nobody: Statement & Readonly<Record<string, unknown>> = {
  Effect: 'Allow',
  Principal: { Service: 'ec2.application-autoscaling.amazonaws.com' },
  Action: 'sts:AssumeRole',
};

function statementSite(site: {
  logicalId: string;
  place: Place;
  documentIndex: number;
  index: number;
  sid: string | undefined;
}): Site {
  const { logicalId, place, documentIndex, index, sid } = site;
  return {
    id: `${logicalId}/${place.name}/${sid ?? String(index)}`,
    without: (templateText) => {
      const template = JSON.parse(templateText) as Template;
      const document = place.documents(template.Resources[logicalId]?.Properties ?? {})[
        documentIndex
      ];
      if (!document) throw new Error(`${logicalId} has no ${place.name} any more`);
      document.Statement.splice(index, 1);
      // A document needs a statement: a policy without one is taken away, a trust that would be empty trusts nobody.
      if (document.Statement.length === 0) replaceEmpty(template, logicalId, place);
      return JSON.stringify(template);
    },
  };
}

function replaceEmpty(template: Template, logicalId: string, place: Place): void {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  if (place.name === 'AssumeRolePolicyDocument') {
    place.documents(properties)[0]?.Statement.push(nobody);
  } else if (place.name === 'Policies') {
    const policies = properties['Policies'] as { PolicyDocument: PolicyDocument }[];
    properties['Policies'] = policies.filter(
      ({ PolicyDocument }) => PolicyDocument.Statement.length > 0,
    );
  } else if (place.name === 'ResourcePolicyDocument') {
    Reflect.deleteProperty(properties, place.name);
  } else {
    dropResource(template, logicalId);
  }
}

const wholeSite = (logicalId: string): Site => ({
  id: `${logicalId}/Permission/0`,
  without: (templateText) => {
    const template = JSON.parse(templateText) as Template;
    dropResource(template, logicalId);
    return JSON.stringify(template);
  },
});

function dropResource(template: Template, logicalId: string): void {
  Reflect.deleteProperty(template.Resources, logicalId);
  for (const resource of Object.values(template.Resources)) {
    const dependsOn = (resource as { DependsOn?: string | string[] }).DependsOn;
    if (dependsOn === undefined) continue;
    const rest = [dependsOn].flat().filter((id) => id !== logicalId);
    (resource as { DependsOn?: string[] }).DependsOn = rest;
  }
}

/** The same for the workload template, which the infra template carries as text. */
export function workloadSites(infraTemplate: string): Site[] {
  return statementSites(workloadTemplateIn(infraTemplate).text).map(({ id, without }) => ({
    id: `${workloadPrefix}${id}`,
    without: (templateText) => {
      const { template, properties, text } = workloadTemplateIn(templateText);
      properties['TemplateBody'] = without(text);
      return JSON.stringify(template);
    },
  }));
}

export const workloadPrefix = 'workload:';

function workloadTemplateIn(infraTemplate: string): {
  template: Template;
  properties: Record<string, unknown>;
  text: string;
} {
  const template = JSON.parse(infraTemplate) as Template;
  const stackSet = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::CloudFormation::StackSet',
  );
  const text = stackSet?.Properties?.['TemplateBody'];
  if (!stackSet?.Properties || typeof text !== 'string')
    throw new Error('the infra template carries no workload template');
  return { template, properties: stackSet.Properties, text };
}
