import { compiledLineOffset } from './compile-function.ts';

const frame = /^\s+at /;
const ownFrame = /\/var\/task\//;

/**
 * A stack as the function would see it in AWS: its own frames with the lines of its own files. Frames of the host are left
 * out, because they differ from machine to machine.
 */
export const cleanStack = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !frame.test(line) || ownFrame.test(line))
    .map((line) =>
      frame.test(line)
        ? line.replace(
            /(\/var\/task\/[^:]+):(\d+)/,
            (_, path: string, row: string) =>
              `${path}:${Math.max(1, Number(row) - compiledLineOffset)}`,
          )
        : line,
    )
    .join('\n');
