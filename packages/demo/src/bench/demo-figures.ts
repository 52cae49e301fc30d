import { median, node, rounded, times } from './measure.ts';

/** What the README's first command does once everything is installed: synthesize, then tell the story. */
export async function demoFigures(): Promise<{ seconds: number; peakMegabytes: number }> {
  const runs = await times(async () => {
    const startedAt = performance.now();
    const synth = await node('scripts/synth.mjs');
    const story = await node('packages/demo/src/main.ts', ['--quiet']);
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, peakMegabytes: Math.max(synth.peakMegabytes, story.peakMegabytes) };
  });
  return {
    seconds: rounded(median(runs.map(({ seconds }) => seconds))),
    peakMegabytes: median(runs.map((run) => run.peakMegabytes)),
  };
}
