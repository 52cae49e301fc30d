import { readFileSync } from 'node:fs';
import { root } from './measure.ts';

const templates = ['infra-account', 'workload-account'] as const;

/** Both templates as `pnpm synth` wrote them. */
const texts = (): [string, string][] =>
  templates.map((name) => [
    name,
    readFileSync(`${root}dist/templates/${name}.template.json`, 'utf8').trimEnd(),
  ]);
let resources: Template['Resources'] | undefined;
const allResources = (): Template['Resources'] =>
  (resources ??= Object.assign(
    {},
    ...texts().map(([, text]) => (JSON.parse(text) as Template).Resources),
  ) as Template['Resources']);

interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties: {
        readonly Code?: { readonly ZipFile?: string };
        readonly MemorySize?: number;
      };
    }
  >;
}

/** The inline code of every function of both templates, by the name of its resource. */
export const inlineFunctions = (): [string, string][] =>
  Object.entries(allResources()).flatMap(([name, { Type, Properties }]): [string, string][] =>
    Type === 'AWS::Lambda::Function' && Properties.Code?.ZipFile !== undefined
      ? [[name, Properties.Code.ZipFile]]
      : [],
  );

/** Bytes of the templates and of the inline functions in them. */
export const sizeFigures = () => ({
  templateBytes: Object.fromEntries(texts().map(([name, text]) => [name, Buffer.byteLength(text)])),
  functionBytes: Object.fromEntries(
    inlineFunctions().map(([name, code]) => [name, Buffer.byteLength(code)]),
  ),
});

/** The memory of a function by the name that it has in an account. */
export function memoryMegabytes(functionName: string): number {
  // `<stack>-<logical id>-<random>`; the workload handler alone has a name of its own.
  const logicalId = functionName.endsWith('-handler')
    ? 'WorkloadHandlerFunction'
    : (functionName.split('-').at(-2) ?? '');
  const memory = allResources()[logicalId]?.Properties.MemorySize;
  if (memory === undefined) throw new Error(`no template says the memory of ${functionName}`);
  return memory;
}
