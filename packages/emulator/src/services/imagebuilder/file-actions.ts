import { quote } from './machine.ts';

type Entry = Readonly<Record<string, unknown>>;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';

const isFalse = (value: unknown): boolean => value === false || value === 'false';
const isTrue = (value: unknown): boolean => value === true || value === 'true';

/**
 * A file action as the script that does the same.
 *
 * Source: IB User Guide, "Action modules supported by AWSTOE component manager", file system operations: what must be
 * there, what is replaced by default.
 */
export function fileScript(action: string, entry: Entry): string {
  const path = quote(text(entry['path']));
  const lines = ['set -eu', ...body(action, entry, path)];
  return `${lines.join('\n')}\n`;
}

function body(action: string, entry: Entry, path: string): string[] {
  switch (action) {
    case 'AppendFile':
      return [mustBeFile(path), `printf '%s' ${quote(text(entry['content']))} >> ${path}`];
    case 'CreateFile':
      return [
        `test ! -d ${path}`,
        ...(isFalse(entry['overwrite']) ? [mustNotExist(path)] : []),
        `mkdir -p "$(dirname ${path})"`,
        `printf '%s' ${quote(text(entry['content']))} > ${path}`,
        ...ownership(entry, path),
      ];
    case 'CreateFolder':
      return [
        ...(isTrue(entry['overwrite']) ? [`rm -rf ${path}`] : [mustNotExist(path)]),
        `mkdir -p ${path}`,
        ...ownership(entry, path),
      ];
    case 'DeleteFile':
      return [mustBeFile(path), `rm ${path}`];
    case 'DeleteFolder':
      return [
        `test -d ${path} || { echo "no such folder" >&2; exit 1; }`,
        isTrue(entry['force']) ? `rm -rf ${path}` : `rmdir ${path}`,
      ];
    case 'ReadFile':
      return [mustBeFile(path), `cat ${path}`];
    case 'SetFileOwner':
      return [mustBeFile(path), ...ownership({ ...entry, permissions: undefined }, path)];
    case 'SetFilePermissions':
      return [mustBeFile(path), ...ownership({ permissions: entry['permissions'] }, path)];
    case 'CopyFile':
    case 'MoveFile':
      return transfer(action, entry);
    default:
      throw new TypeError(`${action} is no file action`);
  }
}

function transfer(action: 'CopyFile' | 'MoveFile', entry: Entry): string[] {
  const source = quote(text(entry['source']));
  const asked = text(entry['destination']);
  const destination = asked.endsWith('/') ? `${quote(asked)}"$(basename ${source})"` : quote(asked);
  return [
    mustBeFile(source),
    ...(isFalse(entry['overwrite']) ? [mustNotExist(destination)] : []),
    `mkdir -p "$(dirname ${destination})"`,
    `${action === 'CopyFile' ? 'cp' : 'mv'} ${source} ${destination}`,
  ];
}

const mustBeFile = (path: string): string =>
  `test -f ${path} || { echo "no such file" >&2; exit 1; }`;

const mustNotExist = (path: string): string =>
  `test ! -e ${path} || { echo "it exists already" >&2; exit 1; }`;

function ownership(entry: Entry, path: string): string[] {
  const owner = text(entry['owner']);
  const group = text(entry['group']);
  const permissions = text(entry['permissions']);
  return [
    ...(owner === '' && group === ''
      ? []
      : [`chown ${quote(`${owner}${group === '' ? '' : `:${group}`}`)} ${path}`]),
    ...(permissions === '' ? [] : [`chmod ${quote(permissions)} ${path}`]),
  ];
}
