import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const root = new URL('../', import.meta.url);

describe('the guard of the root scripts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guard-'));
    for (const path of ['scripts', 'node_modules/.pnpm'])
      mkdirSync(join(folder, path), { recursive: true });
    cpSync(new URL('scripts/guard.mjs', root), join(folder, 'scripts/guard.mjs'));
    writeFileSync(join(folder, 'pnpm-lock.yaml'), 'wanted\n');
    writeFileSync(join(folder, 'node_modules/.pnpm/lock.yaml'), 'wanted\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (...nodeOptions: string[]) =>
    spawnSync(process.execPath, [...nodeOptions, join(folder, 'scripts/guard.mjs')], {
      encoding: 'utf8',
    });

  it('lets Node 24 with the wanted packages pass', () => {
    expect(run()).toMatchObject({ status: 0, stderr: '' });
  });

  it('stops on another Node and names it', () => {
    const otherNode =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.19.0'}})";
    const { status, stderr } = run('--import', otherNode);
    expect(status).toBe(1);
    expect(stderr).toContain('this is Node 20.19.0');
  });

  it('stops on packages that do not match the lockfile, and on none at all', () => {
    writeFileSync(join(folder, 'node_modules/.pnpm/lock.yaml'), 'older\n');
    expect(run().status).toBe(1);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('the last install failed or never ran');
  });

  it('stands at the beginning of every root script', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(Object.keys(scripts).length).toBeGreaterThan(5);
    for (const [name, command] of Object.entries(scripts))
      expect({ name, command }).toEqual({
        name,
        command: expect.stringMatching(/^node scripts\/guard\.mjs && /),
      });
  });
});
