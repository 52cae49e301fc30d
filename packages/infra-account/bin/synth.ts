import { parametersPage } from '@golden/constructs/parameters-page.ts';
import { synthTemplate, templateText } from '@golden/constructs/synth-template.ts';
import { writeTemplate } from '@golden/constructs/write-template.ts';

import { handlerCode } from '../lib/handler-code.ts';
import { InfraAccountStack } from '../lib/infra-account-stack.ts';
import { parameterPage } from '../lib/parameters.ts';
import { readWorkloadTemplate } from '../lib/workload-template.ts';

const template = synthTemplate(
  (app) =>
    new InfraAccountStack(app, 'infra-account', {
      handlerCode,
      workloadTemplate: readWorkloadTemplate(),
    }),
);
writeTemplate({
  name: 'infra-account',
  text: templateText(template),
  page: { path: 'docs/parameters.md', text: parametersPage(template, parameterPage) },
});
