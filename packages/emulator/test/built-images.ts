import { expect } from '@jest/globals';
import type { ImageContents } from '../src/image-model/index.ts';
import { amazonLinuxContents, bootSystem, runScript } from '../src/image-model/index.ts';

export const container = amazonLinuxContents({ ecsOptimized: true, architecture: 'x86_64' });
export const plain = amazonLinuxContents({ ecsOptimized: false, architecture: 'arm64' });

/** The image that a script makes of another. */
export async function built(
  script: string,
  from: ImageContents = container,
): Promise<ImageContents> {
  const system = await bootSystem(from);
  const result = await runScript(system, script);
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toMatchObject({ exitCode: 0 });
  return system.contents;
}
