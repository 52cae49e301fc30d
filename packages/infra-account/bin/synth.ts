import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bundleHandler } from '../lib/bundle-handler.ts';
import { InfraAccountStack } from '../lib/infra-account-stack.ts';
import { parametersPage } from '../lib/parameters-page.ts';
import { synthTemplate, templateText } from '../lib/synth-template.ts';

const pathOf = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const folder = pathOf('dist/templates/');
const file = `${folder}infra-account.template.json`;

const template = synthTemplate(
  (app) => new InfraAccountStack(app, 'infra-account', { handlerCode: bundleHandler }),
);
const text = templateText(template);
mkdirSync(folder, { recursive: true });
writeFileSync(file, text);
console.log(`${file} (${Buffer.byteLength(text)} bytes)`);
if (process.argv.includes('--docs'))
  writeFileSync(pathOf('docs/parameters.md'), parametersPage(template));
