import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { amazonLinuxContents, bootSystem, runScript, writeFile } from './index.ts';

interface Example {
  readonly script: string;
  readonly exitCode: number;
  readonly stdout: string;
}

// What bash 5.2.15, the version of Amazon Linux 2023, does with these scripts in an empty folder.
const examples = JSON.parse(
  readFileSync(new URL('./bash-corpus.json', import.meta.url), 'utf8'),
) as readonly Example[];

const contents = amazonLinuxContents({ ecsOptimized: false, architecture: 'x86_64' });

describe('a script does what it does in bash', () => {
  it.each(examples.map((example) => [example.script, example] as const))(
    '%j',
    async (script, { exitCode, stdout }) => {
      const system = await bootSystem(contents);
      await writeFile(system, '/home/ec2-user/work/d.sh', new TextEncoder().encode(script));
      const result = await runScript(
        system,
        'mkdir /tmp/work; cd /tmp/work; bash /home/ec2-user/work/d.sh',
      );
      expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode, stdout });
    },
  );
});
