import { advance, dump } from './emulator/control-client.ts';
import { ExpectedFailure } from './expected-failure.ts';
import { readCommand, type Asked } from './read-command.ts';
import { usage } from './usage.ts';

try {
  process.exitCode = await run(readCommand(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof ExpectedFailure)) throw error;
  console.error(`golden: ${error.message}`);
  process.exitCode = 1;
}

/** Carries out a command; returns the exit code. */
async function run(asked: Asked): Promise<number> {
  switch (asked.kind) {
    case 'help':
      console.log(usage[asked.topic]);
      return 0;
    case 'refused':
      console.error(`golden: ${asked.problem}\n\n${usage[asked.topic]}`);
      return 2;
    case 'start': {
      // Only here the emulator itself is needed, which takes a second to load.
      const { runEmulator } = await import('./emulator/run-emulator.ts');
      await runEmulator(asked);
      return 0;
    }
    case 'advance':
      await advance(asked);
      return 0;
    case 'dump':
      await dump(asked);
      return 0;
    default:
      return asked satisfies never;
  }
}
