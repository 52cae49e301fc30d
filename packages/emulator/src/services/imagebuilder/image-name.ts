import type { Build } from './build-context.ts';

/**
 * The name of an AMI. Variables in it are replaced; without a name it is the recipe's with a time stamp.
 *
 * Source: IB User Guide, "Create distribution configurations for AMIs"; the form of the date is that of the SNS example.
 */
export function resolveImageName(build: Build, template: string | undefined): string {
  const date = build.scope.date.toISOString().replaceAll(':', '-');
  return (template ?? `${build.image.name} {{ imagebuilder:buildDate }}`)
    .replaceAll(/\{\{\s*imagebuilder:buildDate\s*\}\}/g, date)
    .replaceAll(/\{\{\s*imagebuilder:buildVersion\s*\}\}/g, String(build.image.build));
}
