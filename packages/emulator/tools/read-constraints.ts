/**
 * Writes `src/services/<service>/constraints.json` for every service: what the API models say about lengths, ranges,
 * patterns and enums of inputs and what the schemas of the SDK clients leave out. Run by hand where botocore is
 * installed, after an update of the SDK or to learn of new constraints:
 *
 *     node packages/emulator/tools/read-constraints.ts "$(python3 -c 'import botocore, os; print(os.path.dirname(botocore.__file__))')"
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { services } from '../src/emulator.ts';
import type { ConstraintFile } from '../src/wire/constraints.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import { constraintExceptions } from './constraint-exceptions.ts';
import { ConstraintReader, type ApiModel } from './constraint-reader.ts';

/** The folder of a service, here and in botocore, where it is not its name in IAM actions. */
const folders: Readonly<Record<string, string>> = { states: 'stepfunctions' };

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error(
    'usage: read-constraints.ts FOLDER, where FOLDER is that of the Python package botocore',
  );
const release = /__version__ = '([\d.]+)'/.exec(
  readFileSync(join(folder, '__init__.py'), 'utf8'),
)?.[1];
if (release === undefined) throw new Error(`${folder}/__init__.py names no version of botocore`);

const unused = new Set(constraintExceptions);
for (const service of services) {
  const name = folders[service.name] ?? service.name;
  const { path, model } = readApiModel(folder, name);
  const exceptions = constraintExceptions.filter((exception) => exception.service === service.name);
  const reader = new ConstraintReader({
    model,
    clientModule: service.model.clientModule,
    exceptions,
  });
  for (const operation of Object.keys(service.operations).sort())
    reader.readOperation(operation, inputOf(service, operation));
  for (const exception of reader.usedExceptions) unused.delete(exception);
  const about = {
    source: `botocore ${release}, ${path}`,
    licence: 'Apache-2.0, see NOTICE',
    writtenBy: 'packages/emulator/tools/read-constraints.ts',
  };
  const target = new URL(`../src/services/${name}/constraints.json`, import.meta.url);
  writeFileSync(target, writeFile({ about, ...reader.result() }));
}
if (unused.size > 0)
  throw new Error(
    `no model has what these exceptions name, remove them: ${[...unused].map((exception) => `${exception.service} ${exception.at}`).join(', ')}`,
  );

/** One entry a line: a change of a model is a change of few lines. */
function writeFile(file: ConstraintFile): string {
  const sections = Object.entries(file).map(
    ([name, section]: [string, unknown]) => `  ${JSON.stringify(name)}: ${writeSection(section)}`,
  );
  return `{\n${sections.join(',\n')}\n}\n`;
}

function writeSection(section: unknown): string {
  const isList = Array.isArray(section);
  const lines = Object.entries(section ?? {}).map(([key, value]: [string, unknown]) =>
    isList ? JSON.stringify(value) : `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const body = lines.length === 0 ? '' : `${lines.map((line) => `\n    ${line}`).join(',')}\n  `;
  return isList ? `[${body}]` : `{${body}}`;
}

function readApiModel(root: string, service: string): { path: string; model: ApiModel } {
  const versions = readdirSync(join(root, 'data', service)).sort();
  const path = `data/${service}/${String(versions.at(-1))}/service-2.json.gz`;
  return {
    path,
    model: JSON.parse(gunzipSync(readFileSync(join(root, path))).toString()) as ApiModel,
  };
}

function inputOf(service: ServiceDefinition, operation: string) {
  const found = service.model.operations.get(operation);
  if (!found) throw new Error(`the SDK client of ${service.name} has no operation ${operation}`);
  return found.input;
}
