import { readFileSync } from 'node:fs';

interface Resource {
  Type: string;
  DependsOn?: string[];
  Properties: Record<string, unknown>;
}

interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, unknown>;
}

/** The groups of the example, each of another shape. */
export const groupShapes = [
  'NumberedGroup',
  'LatestGroup',
  'MixedGroup',
  'SingleGroup',
  'ProviderGroup',
] as const;
export type GroupShape = (typeof groupShapes)[number];

const read = (): Template =>
  JSON.parse(
    readFileSync(new URL('../../../examples/ecs-workload.template.json', import.meta.url), 'utf8'),
  ) as Template;

const refersTo = (resource: Resource, name: string): boolean =>
  new RegExp(`"(Ref":"|GetAtt":\\["|GetAtt":")${name}"`).test(JSON.stringify(resource.Properties));

/**
 * What a customer has, as the examples show it, with some of its groups only: tests of one shape need not wait for the
 * others. What belongs to the groups that are left out goes with them.
 */
export function customerTemplate(shapes: readonly GroupShape[] = groupShapes): string {
  const { Resources: all, Outputs: outputs, ...rest } = read();
  const gone = new Set<string>(groupShapes.filter((shape) => !shapes.includes(shape)));
  if (gone.has('ProviderGroup'))
    for (const name of ['Provider', 'ProviderAssociation', 'ProviderService', 'ProviderCluster'])
      gone.add(name);
  const plain = shapes.filter((shape) => shape !== 'ProviderGroup');
  if (plain.length === 0) gone.add('Service');
  const kept = Object.entries(all).filter(([name]) => !gone.has(name));
  // A launch template that no group launches from any more.
  const resources = kept.filter(
    ([name, { Type }]) =>
      Type !== 'AWS::EC2::LaunchTemplate' || kept.some(([, other]) => refersTo(other, name)),
  );
  const tasks = plain.reduce(
    (sum, shape) => sum + Number(all[shape]?.Properties['DesiredCapacity']),
    0,
  );
  return JSON.stringify({
    ...rest,
    Resources: Object.fromEntries(
      resources.map(([name, resource]) => [
        name,
        {
          ...resource,
          ...(resource.DependsOn && {
            DependsOn: resource.DependsOn.filter((other) => !gone.has(other)),
          }),
          Properties:
            name === 'Service'
              ? { ...resource.Properties, DesiredCount: tasks }
              : resource.Properties,
        },
      ]),
    ),
    Outputs: Object.fromEntries(
      Object.entries(outputs).filter(([name]) => resources.some(([kept]) => kept === name)),
    ),
  });
}

/** The same with tasks that ask for a privileged container, as agents for monitoring do. */
export function privilegedTasks(template: string): string {
  const { Resources: resources, ...rest } = JSON.parse(template) as Template;
  const { Task: task, ...others } = resources;
  const containers = task?.Properties['ContainerDefinitions'];
  if (!task || !Array.isArray(containers)) throw new Error('the template has no Task');
  const Properties = {
    ...task.Properties,
    ContainerDefinitions: containers.map((container: object) => ({
      ...container,
      Privileged: true,
    })),
  };
  return JSON.stringify({ ...rest, Resources: { ...others, Task: { ...task, Properties } } });
}
