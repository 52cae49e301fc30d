import { Worker } from 'node:worker_threads';

/** Notices a case that never ends: code that loops does not let timers run, so a second thread looks on. */
export interface Watchdog {
  begin(target: string, text: string): void;
  end(): void;
  stop(): Promise<unknown>;
}

export const unwatched: Watchdog = {
  begin: () => undefined,
  end: () => undefined,
  stop: () => Promise.resolve(),
};

const caseBytesMax = 1 << 20;
const hangSeconds = 20;

/** Starts to look on; prints the case that hangs and ends the process. */
export function startWatchdog(): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const memory = new Uint8Array(new SharedArrayBuffer(caseBytesMax));
  const encoder = new TextEncoder();
  const worker = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    workerData: { state, memory, hangSeconds },
  });
  worker.unref();
  let count = 0;
  return {
    begin(target, text) {
      const bytes = encoder.encode(`${target}: ${text}`).subarray(0, caseBytesMax);
      memory.set(bytes);
      Atomics.store(state, 1, bytes.length);
      Atomics.store(state, 0, (count += 1));
    },
    end() {
      Atomics.store(state, 0, 0);
    },
    stop: () => worker.terminate(),
  };
}
