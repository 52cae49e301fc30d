import { basename, dirname } from 'node:path';

import { buildSync } from 'esbuild';

import { withSingleQuotes } from './single-quotes.ts';

/** Lambda's limit for `Code.ZipFile`, in characters (AWS::Lambda::Function, Code). */
const inlineCodeCharactersMax = 4_194_304;

/**
 * Bundles one handler, given by the path of its entry file, into the CommonJS text of an inline function.
 *
 * The AWS SDK stays outside because the runtime brings it (nodejs24.x); the text is ASCII because CloudFormation
 * counts bytes and replaces other characters in some paths.
 */
export const bundleHandler = (entryFile: string): string => {
  const { outputFiles } = buildSync({
    // Says what the runtime needs in one line; esbuild's own way to export from CommonJS takes 500 characters.
    stdin: {
      contents: `import { handler } from './${basename(entryFile)}'; exports.handler = handler;`,
      resolveDir: dirname(entryFile),
    },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*'],
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  const code = withSingleQuotes(outputFiles.map((file) => file.text).join(''));
  if (code.length > inlineCodeCharactersMax)
    throw new Error(
      `bundle of ${entryFile} has ${code.length} characters, inline code ends at ${inlineCodeCharactersMax}: leave a dependency out`,
    );
  return code;
};
