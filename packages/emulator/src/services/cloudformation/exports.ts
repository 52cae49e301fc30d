import type * as client from '@aws-sdk/client-cloudformation';
import { cloudFormationState, findExport, importersOf } from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { pageSizeMax } from './describe-stacks.ts';
import { accountCheck } from './stack-access.ts';

const listExports = operation<
  client.ListExportsCommandInput,
  Partial<client.ListExportsCommandOutput>
>({
  authorize: (_, call) => accountCheck('ListExports', call),
  run(input, call) {
    const exported = [...cloudFormationState.in(call).stacks.values()]
      .filter(({ status }) => status !== 'DELETE_COMPLETE')
      .flatMap(({ id, outputs }) =>
        outputs.flatMap(({ exportName, value }) =>
          exportName === undefined
            ? []
            : [{ ExportingStackId: id, Name: exportName, Value: value }],
        ),
      );
    const page = paginate(call, exported, {
      keyOf: ({ Name }) => Name,
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return { Exports: [...page.items], NextToken: page.nextToken };
  },
});

const listImports = operation<
  client.ListImportsCommandInput,
  Partial<client.ListImportsCommandOutput>
>({
  authorize: (_, call) => accountCheck('ListImports', call),
  run(input, call) {
    const name = input.ExportName ?? '';
    if (!findExport(call, name)) throw validationError(`No export named ${name} found.`);
    const importers = importersOf(call, name);
    if (importers.length === 0)
      throw validationError(`Export '${name}' is not imported by any stack.`);
    const page = paginate(call, importers, {
      keyOf: (stack) => stack.name,
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return { Imports: page.items.map((stack) => stack.name), NextToken: page.nextToken };
  },
});

export const exportOperations: Readonly<Record<string, Operation>> = {
  ListExports: listExports,
  ListImports: listImports,
};
