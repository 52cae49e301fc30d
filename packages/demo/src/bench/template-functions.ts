import { readFileSync } from 'node:fs';
import { root } from './measure.ts';

const templates = ['infra-account', 'workload-account'] as const;

/** Both templates as `pnpm synth` wrote them. */
const texts = (): [string, string][] =>
  templates.map((name) => [
    name,
    readFileSync(`${root}dist/templates/${name}.template.json`, 'utf8').trimEnd(),
  ]);

interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties: { readonly Code?: { readonly ZipFile?: string } };
    }
  >;
}

/** The inline code of every function of both templates, by the name of its resource. */
export const inlineFunctions = (): [string, string][] =>
  texts().flatMap(([, text]) =>
    Object.entries((JSON.parse(text) as Template).Resources).flatMap(
      ([name, { Type, Properties }]): [string, string][] =>
        Type === 'AWS::Lambda::Function' && Properties.Code?.ZipFile !== undefined
          ? [[name, Properties.Code.ZipFile]]
          : [],
    ),
  );

/** Bytes of the templates and of the inline functions in them. */
export const sizeFigures = (): object => ({
  templateBytes: Object.fromEntries(texts().map(([name, text]) => [name, Buffer.byteLength(text)])),
  functionBytes: Object.fromEntries(
    inlineFunctions().map(([name, code]) => [name, Buffer.byteLength(code)]),
  ),
});
