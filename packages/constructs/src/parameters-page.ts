import { type Template } from './drop-redundant-dependencies.ts';

interface ParameterDefinition {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly ConstraintDescription?: string;
}

/** Parameters that the CloudFormation console and the page show together. */
export interface ParameterGroup {
  readonly label: string;
  readonly parameters: readonly string[];
}

interface ParametersPageProps {
  /** What the template is called, for instance `infra template`. */
  readonly name: string;
  readonly groups: readonly ParameterGroup[];
}

/** The page that lists the parameters of a template, made from the template itself. */
export const parametersPage = (
  template: Template,
  { name, groups }: ParametersPageProps,
): string => {
  const definitions = template['Parameters'] as Readonly<Record<string, ParameterDefinition>>;
  const sections = groups.map(({ label, parameters }) => {
    const rows = parameters.map((parameter) => row(parameter, definitions[parameter]));
    return `## ${label}\n\n| parameter | default | what it means |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Parameters of the ${name}\n\nMade by \`npx -y pnpm@12.21.0 synth --docs\` from the template; a test keeps it current.\n\n${sections.join('\n')}`;
};

const row = (name: string, definition: ParameterDefinition | undefined): string => {
  if (definition === undefined)
    throw new Error(`the template has no parameter ${name}; correct the parameter groups`);
  const given = definition.Default;
  const initial = given === undefined ? '**required**' : given === '' ? 'empty' : `\`${given}\``;
  const sentences = [definition.Description, definition.ConstraintDescription].filter(
    (text) => text !== undefined,
  );
  return `| \`${name}\` | ${initial} | ${sentences.join(' ').replaceAll('|', '\\|')} |`;
};
