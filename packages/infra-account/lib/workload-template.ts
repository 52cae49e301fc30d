import { readFileSync } from 'node:fs';

import { templateFile } from '@golden/constructs/write-template.ts';

/** The most that a StackSet takes as `TemplateBody`, in bytes (CreateStackSet, CloudFormation API Reference). */
const templateBodyBytesMax = 51_200;

/** The workload template as it was synthesized last; `scripts/synth.mjs` does that before the infra template. */
export const readWorkloadTemplate = (): string => {
  const file = templateFile('workload-account');
  const text = readFileSync(file, 'utf8').trimEnd();
  const bytes = Buffer.byteLength(text);
  if (bytes > templateBodyBytesMax)
    throw new Error(
      `${file} has ${bytes} bytes, a StackSet takes ${templateBodyBytesMax}: make the handler smaller`,
    );
  return text;
};
