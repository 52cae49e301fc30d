import {
  places,
  statementOf,
  whenTrue,
  type Place,
  type PolicyDocument,
  type Statement,
} from '../../tools/templates/policies.ts';
import {
  infraLayer,
  workloadLayer,
  type Template,
  type TemplateLayer,
} from '../../tools/templates/template-layer.ts';
import { dropResource, mendEmpty } from './mend-empty.ts';

/** One place at which the policies of the synthesized templates are made weaker or wider. */
export interface Site {
  /**
   * `<logical id>/<policy>/<sid or number>`, before it `workload:` for the workload template, after it the action or the
   * condition that is taken away alone.
   */
  readonly id: string;
  /** What is taken away: a right, whose loss shows as a refusal, or a condition, whose loss lets something in. */
  readonly takes: 'right' | 'condition';
  /** Makes the infra template without it. */
  readonly without: (infraText: string) => string;
}

/** Every statement of every policy; a Lambda permission is a statement of its own. */
export const policySites = (infraText: string): Site[] => [
  ...sitesOf(infraLayer, infraText),
  ...sitesOf(workloadLayer, infraText),
];

function sitesOf(layer: TemplateLayer, infraText: string): Site[] {
  const { Resources } = layer.read(infraText);
  return Object.entries(Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type === 'AWS::Lambda::Permission') return [permissionSite(layer, logicalId)];
    return (places[resource.Type] ?? []).flatMap((place) =>
      place.documents(resource.Properties ?? {}).flatMap(({ document }, documentIndex) =>
        document.Statement.flatMap((entry, index) => {
          const statement = statementOf(entry);
          const at = { layer, logicalId, place, documentIndex, index };
          const name = `${layer.prefix}${logicalId}/${place.name}/${statement.Sid ?? String(index)}`;
          return [...rightSites(name, at, statement), ...conditionSites(name, at, statement)];
        }),
      ),
    );
  });
}

interface StatementAddress {
  readonly layer: TemplateLayer;
  readonly logicalId: string;
  readonly place: Place;
  readonly documentIndex: number;
  readonly index: number;
}

/** Makes the infra template with one document changed. */
function changed(
  infraText: string,
  { layer, logicalId, place, documentIndex }: StatementAddress,
  change: (document: PolicyDocument, template: Template) => void,
): string {
  const template = layer.read(infraText);
  const found = place.documents(template.Resources[logicalId]?.Properties ?? {})[documentIndex];
  if (!found) throw new Error(`${logicalId} has no ${place.name} any more`);
  change(found.document, template);
  found.keep();
  return layer.replace(infraText, template);
}

const wholeSite = (id: string, at: StatementAddress): Site => ({
  id,
  takes: 'right',
  without: (infraText) =>
    changed(infraText, at, ({ Statement: statements }, template) => {
      statements.splice(at.index, 1);
      if (statements.length === 0) mendEmpty(template, at.logicalId, at.place);
    }),
});

/** One for each action of a statement that has several, and for each function; the statement itself if it has one of each. */
function rightSites(id: string, at: StatementAddress, statement: Statement): Site[] {
  const parts = [
    ...partSites(id, at, { statement, member: 'Action' }),
    // Other resources are kinds of things, with which one right is taken away in part.
    ...(isInvocation(statement) ? partSites(id, at, { statement, member: 'Resource' }) : []),
  ];
  return parts.length > 0 ? parts : [wholeSite(id, at)];
}

const isInvocation = ({ Action }: Statement): boolean =>
  [Action ?? []].flat().every((action) => action === 'lambda:InvokeFunction');

function partSites(
  id: string,
  at: StatementAddress,
  { statement, member }: { statement: Statement; member: 'Action' | 'Resource' },
): Site[] {
  const parts = [statement[member] ?? []].flat();
  if (parts.length < 2 || statement.Effect === 'Deny') return [];
  return parts.map((part, index) => ({
    id: `${id}/${nameOf(part)}`,
    takes: 'right',
    without: (infraText) =>
      changed(infraText, at, (document) => {
        statementAt(document, at.index)[member] = parts.filter((_, other) => other !== index);
      }),
  }));
}

/** An action, or a function by its logical id. */
const nameOf = (part: unknown): string => {
  if (typeof part === 'string') return part;
  const [[reference]] = Object.values(part as Record<string, [string]>) as [[string]];
  return reference;
};

/** The condition of a deny says what is let in; without it nobody is. */
function conditionSites(
  id: string,
  at: StatementAddress,
  { Condition, Effect }: Statement,
): Site[] {
  if (Effect === 'Deny') return [];
  const conditions = Object.entries(operatorsOf(Condition));
  return conditions.flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({
      id: `${id}/${operator} ${key}`,
      takes: 'condition' as const,
      without: (infraText: string) =>
        changed(infraText, at, (document) => {
          const statement = statementAt(document, at.index);
          const rest = conditions.map(([other, values]): [string, object] => [
            other,
            Object.fromEntries(
              Object.entries(values).filter(([name]) => other !== operator || name !== key),
            ),
          ]);
          statement.Condition = Object.fromEntries(
            rest.filter(([, values]) => Object.keys(values).length > 0),
          );
        }),
    })),
  );
}

/** A condition as it is with the default parameters. */
const operatorsOf = (condition: unknown): Record<string, object> =>
  Object.fromEntries(
    Object.entries(whenTrue(condition) ?? {}).map(([operator, keys]) => [
      operator,
      whenTrue(keys) as object,
    ]),
  );

function statementAt({ Statement: statements }: PolicyDocument, index: number): Statement {
  const entry = statements[index];
  if (!entry) throw new Error(`the document has no statement ${index} any more`);
  return statementOf(entry);
}

const permissionSite = (layer: TemplateLayer, logicalId: string): Site => ({
  id: `${layer.prefix}${logicalId}/Permission/0`,
  takes: 'right',
  without: (infraText) => {
    const template = layer.read(infraText);
    dropResource(template, logicalId);
    return layer.replace(infraText, template);
  },
});
