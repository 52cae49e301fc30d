/** What the inputs of one action look like. */
export interface ActionInputs {
  /** Most actions take a list of objects, the executing ones take one object. */
  readonly form: 'list' | 'map';
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly isOptional?: boolean;
}

/** Source: IB User Guide, "Action modules supported by AWSTOE component manager". */
export const modelledActions: Readonly<Record<string, ActionInputs>> = {
  AppendFile: { form: 'list', required: ['path'], optional: ['content'] },
  CopyFile: { form: 'list', required: ['source', 'destination'], optional: ['overwrite'] },
  CreateFile: {
    form: 'list',
    required: ['path'],
    optional: ['content', 'owner', 'group', 'permissions', 'overwrite'],
  },
  CreateFolder: {
    form: 'list',
    required: ['path'],
    optional: ['owner', 'group', 'permissions', 'overwrite'],
  },
  DeleteFile: { form: 'list', required: ['path'], optional: [] },
  DeleteFolder: { form: 'list', required: ['path'], optional: ['force'] },
  ExecuteBash: { form: 'map', required: ['commands'], optional: [] },
  MoveFile: { form: 'list', required: ['source', 'destination'], optional: ['overwrite'] },
  ReadFile: { form: 'list', required: ['path'], optional: [] },
  Reboot: { form: 'map', required: [], optional: ['delaySeconds'], isOptional: true },
  S3Download: {
    form: 'list',
    required: ['source', 'destination'],
    optional: ['expectedBucketOwner', 'overwrite'],
  },
  SetFileOwner: { form: 'list', required: ['path'], optional: ['owner', 'group'] },
  SetFilePermissions: { form: 'list', required: ['path', 'permissions'], optional: [] },
  UpdateOS: { form: 'map', required: [], optional: ['include', 'exclude'], isOptional: true },
};

/** Actions that AWS knows and this emulator does not; a component that uses one is refused. */
export const unmodelledActions: readonly string[] = [
  'Assert',
  'CopyFolder',
  'CreateSymlink',
  'ExecuteBinary',
  'ExecuteDocument',
  'ExecutePowerShell',
  'InstallMSI',
  'ListFiles',
  'MoveFolder',
  'S3Upload',
  'SetFileEncoding',
  'SetFolderOwner',
  'SetFolderPermissions',
  'SetRegistry',
  'UninstallMSI',
  'WebDownload',
];
