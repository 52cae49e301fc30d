/** The parts of a CloudFormation template that are looked at here. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly [section: string]: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly DependsOn?: string | readonly string[];
  readonly [attribute: string]: unknown;
}

/**
 * Removes every `DependsOn` that a reference says already (cfn-lint W3005). CDK writes one for each policy of a role,
 * and in a template that has to be small each costs a line.
 */
export const dropRedundantDependencies = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => [id, withoutRedundant(resource)]),
  ),
});

const withoutRedundant = (resource: Resource): Resource => {
  const { DependsOn, ...rest } = resource;
  if (DependsOn === undefined) return resource;
  const referenced = references(resource.Properties);
  const needed = (typeof DependsOn === 'string' ? [DependsOn] : DependsOn).filter(
    (id) => !referenced.has(id),
  );
  return needed.length === 0 ? rest : { ...rest, DependsOn: needed };
};

/** The logical ids in `Ref`, `Fn::GetAtt` and `Fn::Sub` below a value. */
const references = (value: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null)
      for (const [key, inner] of Object.entries(node)) {
        if (key === 'Ref' && typeof inner === 'string') found.add(inner);
        if (key === 'Fn::GetAtt') found.add(attributeOwner(inner));
        if (key === 'Fn::Sub')
          for (const id of substituted(Array.isArray(inner) ? inner[0] : inner)) found.add(id);
        visit(inner);
      }
  };
  visit(value);
  return found;
};

const attributeOwner = (argument: unknown): string => {
  const first: unknown = Array.isArray(argument) ? argument[0] : argument;
  return typeof first === 'string' ? (first.split('.')[0] ?? '') : '';
};

const substituted = (text: unknown): string[] =>
  typeof text === 'string'
    ? [...text.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}/g)].map((match) => match[1] ?? '')
    : [];
