import { describe, expect, it } from '@jest/globals';
import { services } from '../src/emulator.ts';
import { serviceFixture } from './world-fixture.ts';

describe('operations that are not modelled', () => {
  it.each(services.map((service) => [service.name, service] as const))(
    'of %s are all refused as not implemented, by their names',
    async (name, service) => {
      const { world, admin, account } = serviceFixture([service]);
      const missing = [...service.model.operations.keys()].filter(
        (operation) => !(operation in service.operations),
      );
      for (const operation of missing)
        await expect(
          world.invoke({
            service,
            operation,
            input: {},
            caller: admin,
            account,
            region: 'eu-west-1',
            via: [],
            requestId: 'r',
          }),
        ).rejects.toMatchObject({
          code: 'NotImplemented',
          status: 501,
          message: `${name}:${operation} is not modelled by this emulator`,
        });
      expect(
        Object.keys(service.operations).filter(
          (operation) => !service.model.operations.has(operation),
        ),
      ).toEqual([]);
      expect(missing.length + Object.keys(service.operations).length).toBe(
        service.model.operations.size,
      );
    },
  );

  // Each of them is one that the documents of AWS would make somebody try here.
  it.each([
    ['ec2', 'CreateImageUsageReport'],
    ['ec2', 'DescribeImageUsageReports'],
    ['ec2', 'DescribeImageUsageReportEntries'],
    ['ec2', 'ListImagesInRecycleBin'],
    ['ec2', 'RestoreImageFromRecycleBin'],
    ['ec2', 'GetImageAncestry'],
    ['ec2', 'EnableImageBlockPublicAccess'],
    ['ec2', 'StopInstances'],
    ['imagebuilder', 'CreateLifecyclePolicy'],
    ['imagebuilder', 'StartResourceStateUpdate'],
    ['imagebuilder', 'CreateWorkflow'],
    ['imagebuilder', 'SendWorkflowStepAction'],
    ['imagebuilder', 'ListImageScanFindings'],
    ['imagebuilder', 'ListImageScanFindingAggregations'],
    ['imagebuilder', 'RetryImage'],
    ['imagebuilder', 'DistributeImage'],
    ['imagebuilder', 'CreateContainerRecipe'],
    ['imagebuilder', 'ListImagePackages'],
    ['ssm', 'LabelParameterVersion'],
    ['sns', 'AddPermission'],
    ['sqs', 'AddPermission'],
    ['kms', 'RotateKeyOnDemand'],
    ['events', 'CreateArchive'],
  ])('include %s %s', (name, operation) => {
    const service = services.find((candidate) => candidate.name === name);
    expect(service?.model.operations.has(operation)).toBe(true);
    expect(service?.operations).not.toHaveProperty(operation);
  });
});
