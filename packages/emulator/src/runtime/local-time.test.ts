import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What a function sees of a moment on a machine in New York, and what the emulator itself sees. */
const script = `
  const { installHostPatches } = await import(${JSON.stringify(path('host-patches.ts'))});
  const { currentEnvironment } = await import(${JSON.stringify(path('current-environment.ts'))});
  installHostPatches();
  const at = Date.parse('2026-01-31T23:30:00Z');
  const look = () => {
    const date = new Date(at);
    const moved = new Date(at);
    moved.setHours(0);
    return [
      date.getDate(), date.getHours(), date.getTimezoneOffset(), String(date), date.toLocaleTimeString('en-GB'),
      new Intl.DateTimeFormat().resolvedOptions().timeZone,
      new Date(2026, 0, 31, 12).toISOString(), new Date('2026-01-31T12:00').toISOString(),
      new Date('2026-01-31').toISOString(), new Date(Date.parse('31 Jan 2026 12:00:00 +0100')).toISOString(),
      moved.toISOString(),
    ];
  };
  const variables = {};
  console.log(JSON.stringify([currentEnvironment.run({ variables, now: () => at }, look), look()]));
`;

describe('local time on a machine that is not in UTC', () => {
  it('is UTC inside functions and that of the machine elsewhere', () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { TZ: 'America/New_York' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [inside, outside] = JSON.parse(output) as unknown[][];
    expect(inside).toEqual([
      31,
      23,
      0,
      'Sat Jan 31 2026 23:30:00 GMT+0000 (Coordinated Universal Time)',
      '23:30:00',
      'UTC',
      '2026-01-31T12:00:00.000Z',
      '2026-01-31T12:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
      '2026-01-31T11:00:00.000Z',
      '2026-01-31T00:30:00.000Z',
    ]);
    expect(outside).toEqual([
      31,
      18,
      300,
      'Sat Jan 31 2026 18:30:00 GMT-0500 (Eastern Standard Time)',
      '18:30:00',
      'America/New_York',
      '2026-01-31T17:00:00.000Z',
      '2026-01-31T17:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
      '2026-01-31T11:00:00.000Z',
      '2026-01-31T05:30:00.000Z',
    ]);
  });
});
