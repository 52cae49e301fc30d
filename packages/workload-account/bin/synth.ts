import { joinToSub } from '@golden/constructs/join-to-sub.ts';
import { parametersPage } from '@golden/constructs/parameters-page.ts';
import { synthTemplate, templateText } from '@golden/constructs/synth-template.ts';
import { writeTemplate } from '@golden/constructs/write-template.ts';

import { handlerCode } from '../lib/handler-code.ts';
import { parameterPage } from '../lib/parameters.ts';
import { WorkloadAccountStack } from '../lib/workload-account-stack.ts';

const template = synthTemplate(
  (app) => new WorkloadAccountStack(app, 'workload-account', { handlerCode }),
);
writeTemplate({
  name: 'workload-account',
  // Without indentation: a StackSet takes at most 51,200 bytes.
  text: templateText(joinToSub(template), 0),
  page: { path: 'docs/parameters-workload.md', text: parametersPage(template, parameterPage) },
});
