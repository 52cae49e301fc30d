import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';

/** Lambda's limit for `Code.ZipFile`, in characters (AWS::Lambda::Function, Code). */
const inlineCodeCharactersMax = 4_194_304;

const handlersFolder = fileURLToPath(new URL('../src/handlers/', import.meta.url));

/** The handlers of the infra account, by the folder that they live in. */
export type HandlerName = 'start-build' | 'fan-out';

/**
 * Bundles one handler into the CommonJS text of an inline function.
 *
 * The AWS SDK stays outside because the runtime brings it (nodejs24.x); the text is ASCII because CloudFormation
 * counts bytes and replaces other characters in some paths.
 */
export const bundleHandler = (name: HandlerName): string => {
  const { outputFiles } = buildSync({
    entryPoints: [`${handlersFolder}${name}/handler.ts`],
    absWorkingDir: handlersFolder,
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
  const code = outputFiles.map((file) => file.text).join('');
  if (code.length > inlineCodeCharactersMax)
    throw new Error(
      `bundle of ${name} has ${code.length} characters, inline code ends at ${inlineCodeCharactersMax}: leave a dependency out`,
    );
  return code;
};
