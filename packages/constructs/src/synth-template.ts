import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, type Stack, Validations } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';

import { dropRedundantDependencies, type Template } from './drop-redundant-dependencies.ts';

// cdk-nag reads deprecated properties of whatever it checks and would warn at every synth; ours are lint's business.
process.env['JSII_DEPRECATED'] ??= 'quiet';

/**
 * Synthesizes one stack into the template that is shipped, after cdk-nag found nothing that is not acknowledged.
 *
 * Nothing is read from a cdk.json and nothing is left on disk; the same sources give the same template.
 */
export const synthTemplate = (makeStack: (app: App) => Stack): Template => {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      stackTraces: false,
      treeMetadata: false,
      context: { ...CURRENTLY_RECOMMENDED_FLAGS },
    });
    const stack = makeStack(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
    const artifact = app.synth().getStackArtifact(stack.artifactId);
    return dropRedundantDependencies(artifact.template as Template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** The text of a template file. One space of indentation is readable; where each byte counts there is none. */
export const templateText = (template: Template, indentation: 0 | 1 = 1): string =>
  `${JSON.stringify(template, null, indentation)}\n`;
