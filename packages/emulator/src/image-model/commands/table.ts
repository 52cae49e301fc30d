import type { ScriptRun } from '../script-run.ts';
import type { Execute } from './command.ts';
import type { ShellState } from '../shell-variables.ts';
import { accountCommands } from './accounts.ts';
import { adaptedCommands } from './adapted.ts';
import { argumentsFromInput } from './arguments-from-input.ts';
import { checksumCommands } from './checksums.ts';
import { fileCommands } from './files.ts';
import { machineCommands } from './machine.ts';
import { packageCommands } from './packages.ts';
import { processCommands } from './processes.ts';
import { shellCommands } from './shell.ts';
import { systemctlCommands } from './systemctl.ts';

/** The commands of the model, which stand before the interpreter's own. */
export const modelCommandTable = (run: ScriptRun, shell: ShellState): [string, Execute][] =>
  Object.entries({
    ...machineCommands(run),
    ...accountCommands(run),
    ...fileCommands(run),
    ...checksumCommands(run),
    ...processCommands(run),
    ...shellCommands(run, shell),
    ...adaptedCommands(run),
    ...argumentsFromInput(run),
    ...systemctlCommands(run),
    ...packageCommands(run),
    ...packagePrograms(run),
  });

/** Programs of packages that do nothing here; they exist once their package is installed. */
const packagePrograms = (run: ScriptRun): Record<string, Execute> =>
  Object.fromEntries(
    ['git', 'crontab', 'dockerd', 'containerd', 'amazon-ssm-agent'].map((name) => [
      name,
      () => {
        run.unmodelled.add(name);
        return Promise.resolve({ stdout: '', stderr: '', exitCode: 0 });
      },
    ]),
  );
