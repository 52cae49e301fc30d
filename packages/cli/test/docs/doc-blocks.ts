import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** One fenced block of shell commands in a document. */
export interface DocBlock {
  /** From the root of the repository. */
  readonly file: string;
  /** Of its first command, from 1. */
  readonly line: number;
  readonly commands: string;
  /** Whose credentials the reader has there, as the comment before the block says. */
  readonly as: string | undefined;
}

const documents = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort(),
];

const block = /(?:<!-- run as: ([a-z]+) -->\n\n)?^```(?:sh|bash|console)\n(.*?)^```$/gms;

/** Every block of commands of every document. */
export const docBlocks = (): DocBlock[] =>
  documents().flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(block)].map(([found, as, commands = ''], index, all) => ({
      file,
      line: text.slice(0, (all[index]?.index ?? 0) + found.indexOf('```')).split('\n').length + 1,
      commands,
      as,
    }));
  });

/** `npx -y pnpm@12.21.0 <script> ...` wherever a document says so, in blocks and in sentences. */
export const pnpmScripts = (): { file: string; script: string }[] =>
  documents().flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/pnpm@[\d.]+ ([a-z-]+)/g)].map(
      ([, script = '']) => ({ file, script }),
    ),
  );

/** `aws <service> <operation>` wherever a sentence says so. */
export const awsCommands = (): { file: string; command: string }[] =>
  documents().flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/`(aws [a-z0-9-]+ [a-z][a-z0-9-]*)/g)].map(
      ([, command = '']) => ({ file, command }),
    ),
  );
