import { describe, expect, it } from '@jest/globals';
import { readCommand } from './read-command.ts';
import { usage, type Topic } from './usage.ts';

const words = (text: string) => readCommand(text === '' ? [] : text.split(' '));

describe('the words behind golden', () => {
  it('start an emulator, by default on port 4566 without the product', () => {
    expect(words('emulator')).toEqual({
      kind: 'start',
      port: 4566,
      seed: '1',
      accounts: 4,
      regions: 2,
      isDemo: false,
    });
    expect(words('emulator --port 0 --seed abc --accounts=12 --regions 1 --demo')).toMatchObject({
      port: 0,
      seed: 'abc',
      accounts: 12,
      regions: 1,
      isDemo: true,
    });
  });

  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['366d', 366 * 86_400_000],
  ])('take %s for a duration', (text, milliseconds) => {
    expect(words(`emulator advance ${text}`)).toEqual({
      kind: 'advance',
      port: 4566,
      milliseconds,
    });
  });

  it('write state or journal, to a file or not', () => {
    expect(words('emulator dump')).toEqual({
      kind: 'dump',
      port: 4566,
      out: undefined,
      what: 'state',
    });
    expect(words('emulator dump --journal --out x.jsonl --port 1')).toEqual({
      kind: 'dump',
      port: 1,
      out: 'x.jsonl',
      what: 'journal',
    });
  });

  it.each<[string, Topic, RegExp]>([
    ['', 'golden', /a command is missing; .* emulator/],
    ['emulate', 'golden', /no command emulate; .* emulator/],
    ['--port 1', 'golden', /no command --port; .* emulator/],
    ['emulator stop', 'emulator', /no command emulator stop; .* emulator dump/],
    ['emulator --port 65536', 'emulator', /--port is 65536; .* from 0 to 65535/],
    ['emulator --port x', 'emulator', /--port is x; .* from 0 to 65535/],
    ['emulator --port', 'emulator', /'--port <value>' argument missing/],
    ['emulator --ports 1', 'emulator', /Unknown option '--ports'/],
    ['emulator --accounts 0', 'emulator', /--accounts is 0; .* from 1 to 200/],
    ['emulator --accounts -1', 'emulator', /--accounts.* ambiguous/],
    ['emulator --accounts 2 --demo', 'emulator', /--accounts is 2; .* from 3 to 200/],
    ['emulator --regions 5', 'emulator', /--regions is 5; .* from 1 to 4/],
    ['emulator --regions 1.5', 'emulator', /--regions is 1.5; .* from 1 to 4/],
    ['emulator advance', 'advance', /is missing; give a duration such as 30m/],
    ['emulator advance 30', 'advance', /30 is no duration; .* such as 90s/],
    ['emulator advance 0s', 'advance', /0s is no duration/],
    ['emulator advance 1w', 'advance', /1w is no duration/],
    ['emulator advance 367d', 'advance', /367d is no duration; .* at most 366d/],
    ['emulator advance 1h 30m', 'advance', /30m is one word too many/],
    ['emulator advance 1h --port 0', 'advance', /--port is 0; .* from 1 to 65535/],
    ['emulator dump state.json', 'dump', /Unexpected argument 'state.json'/],
    ['emulator dump --out=', 'dump', /--out is empty; give the name of a file/],
  ])('are refused with the value and the way out: %s', (text, topic, problem) => {
    expect(words(text)).toEqual({
      kind: 'refused',
      topic,
      problem: expect.stringMatching(problem) as unknown,
    });
  });

  it.each<[string, Topic]>([
    ['--help', 'golden'],
    ['emulator --help', 'emulator'],
    ['emulator --port x -h', 'emulator'],
    ['emulator advance --help', 'advance'],
    ['emulator dump --help', 'dump'],
  ])('ask for help, which has examples that are understood: %s', (text, topic) => {
    expect(words(text)).toEqual({ kind: 'help', topic });
    const examples = [...usage[topic].matchAll(/^ {2}npx -y pnpm@[\d.]+ golden ([^>\n]+)/gm)];
    expect(examples.length).toBeGreaterThan(1);
    for (const [, example = ''] of examples)
      expect(words(example.trim()).kind).toMatch(/^(start|advance|dump)$/);
  });
});
