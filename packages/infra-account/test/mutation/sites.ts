import {
  dropResource,
  mendEmpty,
  places,
  statementOf,
  whenTrue,
  type Place,
  type PolicyDocument,
  type Statement,
} from './policies.ts';
import { infraLayer, workloadLayer, type Template, type TemplateLayer } from './template-layer.ts';

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
  ...sitesOf(infraLayer, infraText, {
    takesActions: false,
    takesConditionsOf: (logicalId) => logicalId.startsWith('ReachAccount'),
  }),
  // This role acts where others are at home: of its statements each action and each condition has to be of use.
  ...sitesOf(workloadLayer, infraText, { takesActions: true, takesConditionsOf: () => true }),
];

function sitesOf(
  layer: TemplateLayer,
  infraText: string,
  options: {
    readonly takesActions: boolean;
    readonly takesConditionsOf: (logicalId: string) => boolean;
  },
): Site[] {
  const { Resources } = layer.read(infraText);
  return Object.entries(Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type === 'AWS::Lambda::Permission') return [permissionSite(layer, logicalId)];
    return (places[resource.Type] ?? []).flatMap((place) =>
      place.documents(resource.Properties ?? {}).flatMap(({ document }, documentIndex) =>
        document.Statement.flatMap((entry, index) => {
          const statement = statementOf(entry);
          const at = { layer, logicalId, place, documentIndex, index };
          const name = `${layer.prefix}${logicalId}/${place.name}/${statement.Sid ?? String(index)}`;
          return [
            ...(options.takesActions ? actionSites(name, at, statement) : [wholeSite(name, at)]),
            ...(options.takesConditionsOf(logicalId) ? conditionSites(name, at, statement) : []),
          ];
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

/** One for each action of a statement that has several; the statement itself if it has one. */
function actionSites(id: string, at: StatementAddress, { Action }: Statement): Site[] {
  const actions = [Action ?? []].flat();
  if (actions.length < 2) return [wholeSite(id, at)];
  return actions.map((action) => ({
    id: `${id}/${action}`,
    takes: 'right',
    without: (infraText) =>
      changed(infraText, at, (document) => {
        statementAt(document, at.index).Action = actions.filter((other) => other !== action);
      }),
  }));
}

function conditionSites(id: string, at: StatementAddress, { Condition }: Statement): Site[] {
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
