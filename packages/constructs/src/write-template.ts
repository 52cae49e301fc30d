import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Where the template of this name lies once it is synthesized. */
export const templateFile = (name: string): string =>
  pathOf(`dist/templates/${name}.template.json`);

interface WrittenTemplate {
  readonly name: string;
  readonly text: string;
  /** The page of its parameters; it is written only where somebody asks for it, because it is kept in git. */
  readonly page: { readonly path: string; readonly text: string };
}

/** What `synth` leaves behind: the template in `dist/templates` and, with `--docs`, the page of its parameters. */
export const writeTemplate = ({ name, text, page }: WrittenTemplate): void => {
  const file = templateFile(name);
  mkdirSync(pathOf('dist/templates/'), { recursive: true });
  writeFileSync(file, text);
  console.log(`${file} (${Buffer.byteLength(text)} bytes)`);
  if (process.argv.includes('--docs')) writeFileSync(pathOf(page.path), page.text);
};
