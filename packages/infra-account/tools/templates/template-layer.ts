/** CloudFormation JSON, as far as policies need it. */
export interface Resource {
  readonly Type: string;
  /** The condition of the template under which it is made. */
  readonly Condition?: string;
  readonly Properties?: Record<string, unknown>;
}
export interface Template {
  readonly Resources: Record<string, Resource>;
}

/** One of the templates that a deployment of the infra template deploys. */
export interface TemplateLayer {
  /** What the ids of its sites begin with. */
  readonly prefix: string;
  /** @param infraText the text of the infra template */
  readonly read: (infraText: string) => Template;
  /** Makes the infra template with another one in this place. */
  readonly replace: (infraText: string, template: Template) => string;
}

const parse = (text: string): Template => JSON.parse(text) as Template;

export const infraLayer: TemplateLayer = {
  prefix: '',
  read: parse,
  replace: (_, template) => JSON.stringify(template),
};

function stackSetProperties({ Resources }: Template): Record<string, unknown> {
  const found = Object.values(Resources).find(
    ({ Type }) => Type === 'AWS::CloudFormation::StackSet',
  );
  if (!found?.Properties) throw new Error('the infra template has no StackSet');
  return found.Properties;
}

/** The workload template: the infra template carries it as a text. */
export const workloadLayer: TemplateLayer = {
  prefix: 'workload:',
  read: (infraText) => parse(workloadTemplateText(infraText)),
  replace: (infraText, template) => {
    const infra = parse(infraText);
    stackSetProperties(infra)['TemplateBody'] = JSON.stringify(template);
    return JSON.stringify(infra);
  },
};

/** What a person would deploy by hand who has the infra template only. */
export function workloadTemplateText(infraText: string): string {
  const { TemplateBody: text } = stackSetProperties(parse(infraText));
  if (typeof text !== 'string') throw new Error('the StackSet carries no text');
  return text;
}
