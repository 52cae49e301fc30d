import { runBash } from './bash-process.ts';
import { quoted } from './commands/command.ts';
import type { ImageContents } from './contents.ts';
import { runCommandName } from './script-rewriting.ts';
import { ScriptRun } from './script-run.ts';
import type { UserDataReport } from './system.ts';
import { RunningSystem } from './system.ts';
import { UnitManager } from './unit-manager.ts';

export interface BootOptions {
  /** As text, not base64. */
  readonly userData?: string;
  /** What the system's clock shows when it starts. */
  readonly now?: Date;
}

/** How long one command of a unit may take. Source: systemd-system.conf(5), DefaultTimeoutStartSec. */
const unitCommandSeconds = 90;
/** What a person would wait for user data; longer is reported as an end by force. */
const userDataSecondsMax = 3600;

const managers = new WeakMap<RunningSystem, UnitManager>();

export function managerOf(system: RunningSystem): UnitManager {
  const manager =
    managers.get(system) ??
    new UnitManager(system, async (line, environment) => {
      const run = newRun(system);
      const { value, timedOut } = await run.within(unitCommandSeconds, () =>
        run.bash({ name: 'systemd', script: commandText(line), environment }),
      );
      return { exitCode: timedOut ? 143 : value.exitCode, stderr: value.stderr };
    });
  managers.set(system, manager);
  return manager;
}

export const newRun = (system: RunningSystem): ScriptRun =>
  new ScriptRun(system, managerOf(system), runBash);

/** A command line of a unit is no shell script: words are split, `$` names variables, `%%` is a percent sign. */
function commandText(line: string): string {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((match) => {
    const plain = match[2] ?? (match[1] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1');
    const parts = plain.replaceAll('%%', '%').split(/(\$\{\w+\}|\$\w+)/);
    return parts
      .map((part, index) => (index % 2 === 1 ? `"${part}"` : part === '' ? '' : quoted([part])))
      .join('');
  });
  return words[0]?.includes('/') === true
    ? `${runCommandName} ${words.join(' ')}`
    : words.join(' ');
}

/** Boots an image: units come up in their order, and user data runs where cloud-init runs it. */
export async function bootSystem(
  contents: ImageContents,
  options: BootOptions = {},
): Promise<RunningSystem> {
  const system = new RunningSystem(contents, options.now?.getTime());
  forgetRuntime(system);
  const manager = managerOf(system);
  const { userData } = options;
  let report: UserDataReport | undefined =
    userData === undefined || userData.trim() === ''
      ? undefined
      : { ran: false, reason: 'cloud-final.service did not start' };
  manager.onUserData = async () => {
    if (userData !== undefined && report !== undefined)
      report = await runUserData(system, userData);
    return report?.stuck === true ? 'stuck' : 'ended';
  };
  const failures = await manager.boot();
  manager.onUserData = undefined;
  system.report = { failures, ...(report === undefined ? {} : { userData: report }) };
  return system;
}

/** What lies under /run does not outlive a shutdown. */
function forgetRuntime({ tree }: RunningSystem): void {
  for (const name of tree.names('/run'))
    if (name !== 'systemd') tree.remove(`/run/${name}`, { recursive: true });
  for (const name of tree.names('/run/systemd/system'))
    tree.remove(`/run/systemd/system/${name}`, { recursive: true });
}

/** Where cloud-init keeps what it runs. Source: cloud-init documentation, "User data scripts". */
const userDataFile = '/var/lib/cloud/instance/scripts/part-001';

async function runUserData(system: RunningSystem, userData: string): Promise<UserDataReport> {
  if (!userData.startsWith('#!'))
    return { ran: false, reason: 'user data that does not begin with #! is not modelled' };
  system.tree.makeDirectory('/var/lib/cloud/instance/scripts', { parents: true });
  system.tree.write(userDataFile, userData, 0o700);
  system.runsUserData = true;
  const run = newRun(system);
  try {
    const { value, timedOut } = await run.within(userDataSecondsMax, () =>
      run.bash({ name: userDataFile, script: `${runCommandName} ${userDataFile}` }),
    );
    const output = value.stdout + value.stderr;
    system.tree.write('/var/log/cloud-init-output.log', output);
    return { ran: true, exitCode: value.exitCode, output, ...(timedOut ? { stuck: true } : {}) };
  } finally {
    system.runsUserData = false;
  }
}
