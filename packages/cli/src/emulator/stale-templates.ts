import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExpectedFailure } from '../expected-failure.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const templates = 'dist/templates/*.template.json';
const sources = 'packages/{shared,constructs,infra-account,workload-account}/{src,lib,bin}/**/*.ts';

/**
 * Writes the templates as `pnpm synth` does, unless they are there and newer than all that they are made of: synthesis takes
 * longer than a start.
 *
 * @throws ExpectedFailure when synthesis fails, which tells why by itself
 */
export function writeStaleTemplates(say: (text: string) => void): void {
  const written = datesOf(templates);
  if (written.length > 0 && Math.min(...written) > Math.max(...datesOf(sources))) return;
  say('writing the templates');
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/synth.mjs')], {
    cwd: root,
    // What it prints is no part of the JSON object on the standard output.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0)
    throw new ExpectedFailure(
      `the templates could not be written (exit ${status ?? 'by a signal'}); see above, then run "npx -y pnpm@12.21.0 synth"`,
    );
}

const datesOf = (pattern: string): number[] =>
  globSync(pattern, { cwd: root }).map((path) => statSync(join(root, path)).mtimeMs);
