/**
 * Why a statement says `"Resource": "*"`, by its Sid. There is no other way to write such a statement
 * (`allowEverywhere`), and a test compares this table with the template.
 *
 * Source of "has no resource-level permission": Service Authorization Reference of the service.
 */
export const starReasons = {
  AdministerKeyByIam:
    'In a key policy "*" is the key itself; without this statement nobody could change or delete the key.',
  ImageBuilderEncrypts:
    'In a key policy "*" is the key itself. The principal is "*" because the service-linked role may not exist yet and a policy that names a missing role is refused; the conditions leave that role of this account only.',
  AlarmsEncryptNotices:
    'In a key policy "*" is the key itself. Who may publish what is decided by the topic policies, which know the source.',
  ListRecipes:
    'ListImageRecipes has no resource-level permission; the numbers of earlier recipes of the line are read from it.',
  ReadEbsEncryptionDefaults:
    'GetEbsEncryptionByDefault and GetEbsDefaultKmsKeyId have no resource-level permission; they read two settings of a Region.',
  ReadParentRootDevice:
    'DescribeImages has no resource-level permission; an encrypted image needs the name of the root device of its parent.',
  ReadOrganization:
    'ListAccounts, DescribeOrganization and ListDelegatedAdministrators have no resource-level permission; every account of the organization may be a target, and each has to be accounted for.',
  DeliverLogs:
    'The log deliveries that Step Functions makes in the name of this role have no resource-level permission.',
  AgentTalksToSystemsManager:
    'The message channels of the Systems Manager agent (ssmmessages, ec2messages) have no resource-level permission; an instance can only open its own.',
} as const;
