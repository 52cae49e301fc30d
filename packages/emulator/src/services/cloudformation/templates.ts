import type * as client from '@aws-sdk/client-cloudformation';
import { requiredCapabilities } from '../../cloudformation/capabilities.ts';
import { checkReferences } from '../../cloudformation/check-references.ts';
import { requireKnownTypes } from '../../cloudformation/resource-providers.ts';
import { readTemplate, type Template } from '../../cloudformation/template.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type Operation } from '../../world/service.ts';
import { accountCheck, findChangeSet, requireStackToDescribe, stackCheck } from './stack-access.ts';
import { supportOnly } from './supported-input.ts';
import { readTemplateText } from './template-source.ts';

const getTemplate = operation<
  client.GetTemplateCommandInput,
  Partial<client.GetTemplateCommandOutput>
>({
  authorize: (input, call) =>
    stackCheck(
      'GetTemplate',
      input.StackName ?? findChangeSet(call, input.ChangeSetName ?? '', undefined)?.stackId,
      {},
      call,
    ),
  // Without transforms the processed template is the original one.
  run: (input, call) => ({
    TemplateBody: bodyOf(input, call),
    StagesAvailable: ['Original', 'Processed'],
  }),
});

function bodyOf(input: client.GetTemplateCommandInput, call: Call): string {
  if (input.ChangeSetName !== undefined) {
    const changeSet = findChangeSet(call, input.ChangeSetName, input.StackName);
    if (!changeSet)
      throw new AwsError(
        'ChangeSetNotFoundException',
        `ChangeSet [${input.ChangeSetName}] does not exist`,
      );
    return changeSet.content.prepared.body;
  }
  const stack = requireStackToDescribe(call, input.StackName ?? '');
  if (!stack.content) throw validationError(`Stack ${stack.name} has no template yet`);
  return stack.content.prepared.body;
}

function readAndCheck(call: Call, body: string): Template {
  const template = readTemplate(body);
  checkReferences(call.world, template);
  requireKnownTypes(
    call.world,
    [...template.resources.values()].map(({ type }) => type),
  );
  return template;
}

function describeCapabilities(template: Template): {
  Capabilities: client.Capability[];
  CapabilitiesReason: string | undefined;
} {
  const { capabilities, types } = requiredCapabilities(template);
  return {
    Capabilities: [...capabilities],
    CapabilitiesReason:
      types.length > 0
        ? `The following resource(s) require capabilities: [${types.join(', ')}]`
        : undefined,
  };
}

const validateTemplate = operation<
  client.ValidateTemplateCommandInput,
  Partial<client.ValidateTemplateCommandOutput>
>({
  authorize: (_, call) => accountCheck('ValidateTemplate', call),
  async run(input, call) {
    const template = readAndCheck(call, await readTemplateText(call, input));
    return {
      Description: template.description,
      Parameters: [...template.parameters.values()].map((parameter) => ({
        ParameterKey: parameter.name,
        DefaultValue: parameter.default,
        NoEcho: parameter.noEcho,
        Description: parameter.description,
      })),
      ...describeCapabilities(template),
    };
  },
});

const getTemplateSummary = operation<
  client.GetTemplateSummaryCommandInput,
  Partial<client.GetTemplateSummaryCommandOutput>
>({
  authorize: (input, call) => stackCheck('GetTemplateSummary', input.StackName, input, call),
  async run(input, call) {
    supportOnly(input, ['StackName', 'TemplateBody', 'TemplateURL']);
    const body =
      input.StackName === undefined
        ? await readTemplateText(call, input)
        : bodyOf({ StackName: input.StackName }, call);
    const template = readAndCheck(call, body);
    return {
      Description: template.description,
      Metadata: template.metadata && JSON.stringify(template.metadata),
      Parameters: [...template.parameters.values()].map((parameter) => ({
        ParameterKey: parameter.name,
        DefaultValue: parameter.default,
        ParameterType: parameter.type,
        NoEcho: parameter.noEcho,
        Description: parameter.description,
        ParameterConstraints:
          parameter.allowedValues === undefined
            ? {}
            : { AllowedValues: [...parameter.allowedValues] },
      })),
      ResourceTypes: [...new Set([...template.resources.values()].map(({ type }) => type))],
      Version: template.version,
      ...describeCapabilities(template),
    };
  },
});

export const templateOperations: Readonly<Record<string, Operation>> = {
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ValidateTemplate: validateTemplate,
};
