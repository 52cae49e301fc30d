import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { root, rounded } from './measure.ts';

const sampleEveryMs = 500;
const pageBytes = 4_096;

interface TestFigures {
  readonly cores: number;
  readonly seconds: number;
  readonly tests: number;
  /** Of all processes together, where /proc shows them. */
  readonly peakMegabytes: number | undefined;
}

/** What the README's second command does once everything is installed, but for synthesizing: all tests, once. */
export async function testFigures(): Promise<TestFigures> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      `${root}node_modules/jest/bin/jest.js`,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  let peak: number | undefined;
  const sampling = setInterval(() => {
    const now = residentBytes(child.pid);
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  }, sampleEveryMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(sampling);
  const tests = Number(/^Tests:.*?(\d+) passed/m.exec(said)?.[1]);
  if (code !== 0) throw new Error(`the tests ended with ${code}:\n${said.slice(-4_000)}`);
  return {
    cores: availableParallelism(),
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    tests,
    peakMegabytes: peak === undefined ? undefined : rounded(peak / 1_024 ** 2, 0),
  };
}

/** What a process and all that it has started hold in memory; undefined where there is no /proc. */
function residentBytes(root: number | undefined): number | undefined {
  const processes = new Map<number, { parent: number; bytes: number }>();
  for (const entry of entriesOfProc()) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // proc(5): after the name in brackets come state, parent, ..., and as the 22nd from there the resident pages.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
      processes.set(Number(entry), {
        parent: Number(fields?.[1]),
        bytes: Number(fields?.[21]) * pageBytes,
      });
    } catch {
      // It has ended since the folder was read.
    }
  }
  if (processes.size === 0 || root === undefined) return undefined;
  const bytesOf = (id: number): number =>
    [...processes].reduce(
      (sum, [other, { parent }]) => (parent === id ? sum + bytesOf(other) : sum),
      processes.get(id)?.bytes ?? 0,
    );
  return bytesOf(root);
}

function entriesOfProc(): readonly string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}
