import { badImageFigures } from './bad-image-figures.ts';
import { callsPerSecond } from './calls-per-second.ts';
import { coldLoadFigures } from './cold-load-figures.ts';
import { demoFigures } from './demo-figures.ts';
import { handlerCallFigures } from './handler-call-figures.ts';
import { refreshFigures } from './refresh-figures.ts';
import { rolloutFigures } from './rollout-figures.ts';
import { sizeFigures } from './template-functions.ts';
import { testFigures } from './test-figures.ts';

/** What can be measured, each by itself: `pnpm bench <name>...`. */
export const measures = {
  demo: demoFigures,
  tests: testFigures,
  wire: callsPerSecond,
  sizes: sizeFigures,
  'cold-load': coldLoadFigures,
  'handler-calls': handlerCallFigures,
  refreshes: refreshFigures,
  'bad-image': badImageFigures,
  rollout: rolloutFigures,
} as const;

export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as readonly MeasureName[];

/** What each measure has found. */
export type Figures = {
  readonly [Name in MeasureName]: Awaited<ReturnType<(typeof measures)[Name]>>;
};
