import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const succeeds = (program: string, ...words: string[]): boolean => {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Whether this machine has the AWS CLI, and a Python for the script that runs its commands. */
export const hasCli = succeeds('aws', '--version') && succeeds('python3', '--version');
export const hasBoto3 = succeeds('python3', '-c', 'import boto3');

/** What an AWS client finds in its environment; nothing of this machine's own configuration. */
const environment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * Runs a script of this folder; both sides speak JSON.
 *
 * @throws Error with what the script wrote when it fails
 */
export const runPython = (script: string, input: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = execFile(
      'python3',
      [path],
      { env: environment, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${script} failed: ${stderr.slice(-4_000)}`));
        else resolve(JSON.parse(stdout) as unknown);
      },
    );
    child.stdin?.end(JSON.stringify(input));
  });

/** What a command of the CLI did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command behind `aws`, as whom it runs. */
export interface Command {
  readonly as: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly words: readonly string[];
}

/** Runs commands of the AWS CLI one after the other. */
export async function runCommands(
  place: { readonly endpoint: string; readonly region: string },
  commands: readonly Command[],
): Promise<readonly Ran[]> {
  return (await runPython('aws-commands.py', {
    environment: {
      AWS_ENDPOINT_URL: place.endpoint,
      AWS_DEFAULT_REGION: place.region,
      AWS_PAGER: '',
    },
    commands: commands.map(({ as, words }) => ({
      environment: {
        AWS_ACCESS_KEY_ID: as.accessKeyId,
        AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
      },
      words,
    })),
  })) as readonly Ran[];
}
