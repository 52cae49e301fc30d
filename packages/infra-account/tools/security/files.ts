import { readFileSync } from 'node:fs';

const fileOf = (path: string): URL => new URL(`../../../../${path}`, import.meta.url);

/** The page that people read. */
export const securityPageFile = fileOf('docs/security.md');

/**
 * The text of the infra template, which carries the workload template.
 *
 * @throws Error when nothing has been synthesized yet
 */
export function synthesizedInfraTemplate(): string {
  const file = fileOf('dist/templates/infra-account.template.json');
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file.pathname} is not there: run \`npx -y pnpm@12.21.0 synth\` first`, {
      cause,
    });
  }
}
