/**
 * Why a statement says `"Resource": "*"`, by its Sid. There is no other way to write such a statement
 * (`allowEverywhere`), and a test compares this table with the template.
 *
 * Source of "has no resource-level permission": Service Authorization Reference of the service.
 */
export const starReasons = {
  ReadGroups:
    'DescribeAutoScalingGroups and DescribeInstanceRefreshes have no resource-level permission; groups enrol by a tag that is found by reading them.',
  ReadImagesAndTemplates:
    'DescribeImages, DescribeInstances and DescribeLaunchTemplateVersions have no resource-level permission.',
  FindClusters:
    'ListClusters has no resource-level permission; the cluster of a group is found from its instances.',
} as const;
