import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

interface Shared {
  /** The number of the running case, 0 between two; the length of its text. */
  readonly state: Int32Array;
  readonly memory: Uint8Array;
  readonly hangSeconds: number;
}

const { state, memory, hangSeconds } = workerData as Shared;
const lookEveryMs = 1_000;
const shownBytesMax = 2_000;
let last = 0;
let seconds = 0;

setInterval(() => {
  const current = Atomics.load(state, 0);
  seconds = current !== 0 && current === last ? seconds + 1 : 0;
  last = current;
  if (seconds < hangSeconds) return;
  const bytes = memory.slice(0, Math.min(Atomics.load(state, 1), shownBytesMax));
  writeSync(2, `no end after ${hangSeconds} seconds: ${new TextDecoder().decode(bytes)}\n`);
  // The main thread does not listen any more.
  process.kill(process.pid, 'SIGKILL');
}, lookEveryMs);
