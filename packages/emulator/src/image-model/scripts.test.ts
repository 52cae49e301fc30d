import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ScriptResult, System } from './index.ts';
import { amazonLinuxContents, bootSystem, readTextFile, runScript, writeFile } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const contents = amazonLinuxContents({ ecsOptimized: true, architecture: 'x86_64' });

let system: System;
beforeEach(async () => {
  system = await bootSystem(contents);
});

const run = (script: string, options?: { secondsMax?: number }): Promise<ScriptResult> =>
  runScript(system, script, options);
const text = (path: string): string | undefined => readTextFile(system.contents, path);

describe('a script', () => {
  it.each<[string, string, Partial<ScriptResult>]>([
    ['ends with the code of its last command', 'true; false', { exitCode: 1 }],
    ['ends where it says', 'echo a; exit 194; echo b', { exitCode: 194, stdout: 'a\n' }],
    ['goes on after a failure', 'false; echo on', { exitCode: 0, stdout: 'on\n' }],
    ['stops at a failure with set -e', 'set -e; false; echo on', { exitCode: 1, stdout: '' }],
    [
      'stops at an unset variable with set -u',
      'set -u; echo "$nothing"; echo on',
      { exitCode: 1, stdout: '' },
    ],
    [
      'sees failures in pipes with pipefail',
      'set -euo pipefail; false | true; echo on',
      { exitCode: 1, stdout: '' },
    ],
    [
      'fails at unknown commands',
      'set -e; no-such-command; echo on',
      { exitCode: 127, stderr: 'bash: no-such-command: command not found\n' },
    ],
    [
      'runs as root in /',
      'whoami; id -u; pwd; echo "$HOME $USER $UID"',
      { stdout: 'root\n0\n/\n/root root 0\n' },
    ],
    [
      'has a clock of its own',
      'date -u +%FT%T; sleep 90; date -u +%FT%T; echo $SECONDS',
      { stdout: '2026-01-01T00:00:00\n2026-01-01T00:01:30\n90\n', seconds: 90 },
    ],
    [
      'keeps the indentation of a here-document',
      'cat <<EOF\n  a: $((1+1))\nEOF',
      { stdout: '  a: 2\n' },
    ],
    ['counts through loops', 'for i in {1..3}; do sleep 2; done', { seconds: 6 }],
    [
      'knows where it is',
      '. /etc/os-release; echo "$ID $VERSION_ID"; uname -m',
      { stdout: 'amzn 2023\nx86_64\n' },
    ],
    ['ends with exec', 'exec echo in; echo on', { exitCode: 0, stdout: 'in\n' }],
    [
      'leaves output where it is when it is redirected into a process',
      'exec > >(tee /var/log/setup.log) 2>&1\necho on',
      { stdout: 'on\n' },
    ],
    [
      'takes no time for the background',
      'sleep infinity &\nsleep 600 & echo on',
      { stdout: 'on\n', seconds: 0 },
    ],
    [
      'runs its trap at the end',
      'tidy() { echo "tidy $?"; }; trap tidy EXIT; set -e; echo a; false; echo b',
      { exitCode: 1, stdout: 'a\ntidy 1\n' },
    ],
    [
      'runs its trap on errors',
      'trap "echo oops" ERR; set -e; false',
      { exitCode: 1, stdout: 'oops\n' },
    ],
    [
      'lists commands that have no effect',
      'chown root:root /etc/hosts; aws s3 ls; python3 -c 1',
      { exitCode: 0, unmodelled: ['aws', 'chown', 'python3'] },
    ],
    [
      'has no network',
      'curl -fsS https://example.com/x -o /tmp/x',
      { exitCode: 6, unmodelled: ['curl https://example.com/x'] },
    ],
    [
      'makes users and groups',
      'groupadd app; useradd -r -g app -G docker app || useradd -g app app; id -gn app',
      { stdout: 'app\n' },
    ],
  ])('%s', async (_name, script, expected) => {
    expect(await run(script)).toMatchObject(expected);
  });

  it('is run up to a syntax error and fails with 2', async () => {
    const result = await run('echo one > /tmp/one\nif true; then\n  echo two\n');
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: 'bash: line 4: syntax error: unexpected end of file\n',
    });
    expect(text('/tmp/one')).toBe('one\n');
  });

  it('does the same twice', async () => {
    const script = 'echo $RANDOM $$ $EPOCHSECONDS $(mktemp) $(date +%N) $(hostname)';
    const first = await run(script);
    const other = await runScript(await bootSystem(contents), script);
    expect(other).toEqual(first);
  });

  it('writes files with modes that count', async () => {
    await writeFile(
      system,
      '/root/setup.sh',
      bytes('#!/bin/bash -eu\necho "$1 $0"\nfalse\necho on\n'),
    );
    expect(await run('/root/setup.sh a')).toMatchObject({
      exitCode: 126,
      stderr: 'bash: /root/setup.sh: Permission denied\n',
    });
    expect(await run('chmod 0700 /root/setup.sh; cd /root; ./setup.sh a')).toMatchObject({
      exitCode: 1,
      stdout: 'a ./setup.sh\n',
    });
    expect(await run('umask 077; touch /tmp/x; stat -c %a /tmp/x')).toMatchObject({
      stdout: '600\n',
    });
  });

  it.each([
    ['#!/usr/bin/env bash', 0],
    ['#!/bin/bash', 0],
    ['#!/bin/sh', 0],
    ['#!/usr/bin/no-such-shell', 126],
    ['#!/bin/bash\r', 126],
  ])('is executed by what its first line names: %j', async (line, exitCode) => {
    await writeFile(system, '/root/x', bytes(`${line}\nexit 0\n`), 0o755);
    expect((await run('/root/x')).exitCode).toBe(exitCode);
  });

  it('does not lend its variables and options to the scripts that it starts', async () => {
    await writeFile(
      system,
      '/root/x',
      bytes('#!/bin/bash\nfalse\necho "${own-none} ${shared-none}"\n'),
      0o755,
    );
    expect((await run('set -e; own=1; export shared=2; /root/x')).stdout).toBe('none 2\n');
  });

  it('cannot write where no folder is', async () => {
    expect((await run('set -e; echo a > /no/such/folder; echo on')).exitCode).toBe(1);
    expect(
      (await run('mkdir -p /no/such && echo a > /no/such/folder && cat /no/such/folder')).stdout,
    ).toBe('a\n');
  });

  it('keeps its bytes', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await writeFile(system, '/root/all', all);
    const sum = '40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880';
    const { exitCode, stdout } = await run(
      `set -euo pipefail\necho '${sum}  /root/all' | sha256sum --check --strict -`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '/root/all: OK\n' });
    expect(
      (await run(`echo '${sum.replace('4', '5')}  /root/all' | sha256sum --check --strict -`))
        .exitCode,
    ).toBe(1);
    expect((await run('cp /root/all /root/b; cat /root/b | sha256sum')).stdout).toContain(sum);
  });
});

describe('time', () => {
  it('ends what timeout runs after its virtual seconds', async () => {
    const result = await run(
      "timeout 180 bash -c 'until systemctl is-active --quiet none; do sleep 5; done'; echo $?",
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: '124\n', stderr: '', seconds: 180 });
  });

  it('ends only what took too long', async () => {
    const script =
      'timeout 10 sleep 3; echo $?; timeout 2m bash -c "timeout 5 sleep 60; echo in \\$?"; echo $?';
    expect(await run(script)).toMatchObject({ stdout: '0\nin 124\n0\n', seconds: 8 });
  });

  it('ends a script when its own time is over', async () => {
    const result = await run('echo a; sleep 100; echo b', { secondsMax: 60 });
    expect(result).toMatchObject({ exitCode: 124, stdout: 'a\n', seconds: 60, timedOut: true });
  });

  it.each([
    ['a loop without end', 'echo a; while true; do :; done; echo b'],
    [
      'a loop without end in another process',
      'echo a; bash -c "until false; do true; done"; echo b',
    ],
    ['a recursion without end', 'echo a; f() { f; }; f; echo b'],
    ['a sleep without end', 'echo a; sleep infinity; echo b'],
  ])('runs out in %s', async (_name, script) => {
    const limited = await run(script, { secondsMax: 300 });
    expect(limited).toMatchObject({ exitCode: 124, stdout: 'a\n', seconds: 300, timedOut: true });
    const free = await run(script);
    expect(free).toMatchObject({ exitCode: 124, stdout: 'a\n', timedOut: true });
    expect(free.stderr).toContain('does not come to an end');
  });
});

describe('bash -n', () => {
  // What bash 5.2.15 prints for these files.
  it.each([
    ['if true; then\n echo x\n', 'line 3: syntax error: unexpected end of file\n'],
    ['echo a\nfi\n', "line 2: syntax error near unexpected token `fi'\nFILE: line 2: `fi'\n"],
    [
      'echo a\necho )\n',
      "line 2: syntax error near unexpected token `)'\nFILE: line 2: `echo )'\n",
    ],
    [
      'for i in a b\n echo $i\ndone\n',
      "line 2: syntax error near unexpected token `echo'\nFILE: line 2: ` echo $i'\n",
    ],
    ['a && && b\n', "line 1: syntax error near unexpected token `&&'\nFILE: line 1: `a && && b'\n"],
    ['echo a &&\n', 'line 2: syntax error: unexpected end of file\n'],
    ['x\necho "abc\nfoo\n', 'line 2: unexpected EOF while looking for matching `"\'\n'],
    ['x\ny=`date\n', "line 2: unexpected EOF while looking for matching ``'\n"],
    ['f() {\n echo\n', 'line 3: syntax error: unexpected end of file\n'],
  ])('refuses %j as bash does', async (script, expected) => {
    await writeFile(system, '/root/x.sh', bytes(script));
    const result = await run('set -euo pipefail\nbash -n /root/x.sh\necho on');
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `FILE: ${expected}`.replaceAll('FILE', '/root/x.sh'),
    });
  });

  it('runs nothing', async () => {
    await writeFile(system, '/root/x.sh', bytes('touch /root/ran\nno-such-command\n'));
    expect(await run('bash -n /root/x.sh')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(text('/root/ran')).toBeUndefined();
  });

  it('misses files', async () => {
    expect(await run('bash -n /root/none.sh')).toMatchObject({
      exitCode: 127,
      stderr: 'bash: /root/none.sh: No such file or directory\n',
    });
  });
});

describe('a build in steps', () => {
  const file = '/root/setup.sh';
  const script = '#!/bin/bash -eu\necho "kernel.dmesg_restrict = 1" > /etc/sysctl.d/90-hard.conf\n';
  const sum = createHash('sha256').update(script).digest('hex');
  const steps = (digest: string): string[] => [
    `set -euo pipefail\necho '${digest}  ${file}' | sha256sum --check --strict -`,
    `set -euo pipefail\nbash -n ${file}`,
    `set -euo pipefail\nchmod 0700 ${file}\n${file}`,
    `set -euo pipefail\nrm -f ${file}`,
  ];
  const codes = async (text: string, digest = sum): Promise<number[]> => {
    await writeFile(system, file, bytes(text));
    const found: number[] = [];
    for (const step of steps(digest)) {
      found.push((await run(step)).exitCode);
      if (found.at(-1) !== 0) break;
    }
    return found;
  };

  it('proves, checks, runs and removes a script', async () => {
    expect(await codes(script)).toEqual([0, 0, 0, 0]);
    expect(text('/etc/sysctl.d/90-hard.conf')).toBe('kernel.dmesg_restrict = 1\n');
    expect(text(file)).toBeUndefined();
  });

  it('stops at the step that fails', async () => {
    const digestOf = (content: string): string =>
      createHash('sha256').update(content).digest('hex');
    expect(await codes(script, digestOf('other'))).toEqual([1]);
    expect(await codes('if true\n', digestOf('if true\n'))).toEqual([0, 2]);
    const failing = '#!/bin/bash -e\nfalse\ntrue\n';
    expect(await codes(failing, digestOf(failing))).toEqual([0, 0, 1]);
    const reboots = '#!/bin/bash\nexit 194\n';
    expect(await codes(reboots, digestOf(reboots))).toEqual([0, 0, 194]);
  });

  it('finds whole lines of a file that was written', async () => {
    await writeFile(system, '/etc/release-note', bytes('line=a b\nversion=1.0.7\n'));
    const found = await run(
      "set -euo pipefail\ngrep -Fqx 'line=a b' /etc/release-note\ngrep -Fqx 'version=1.0.7' /etc/release-note",
    );
    expect(found.exitCode).toBe(0);
    expect((await run("set -euo pipefail\ngrep -Fqx 'line=a' /etc/release-note")).exitCode).toBe(1);
  });
});

describe('packages', () => {
  it('come, go and take time', async () => {
    const installed = await run(
      'dnf install -y cronie jq some-package && crontab -l; systemctl enable crond; rpm -q some-package cronie; echo \'{"a":1}\' | jq .a',
    );
    expect(installed.stdout).toMatch(/some-package-1\.0-1.*\ncronie-1\.5.*\n1\n$/);
    expect(installed.seconds).toBeGreaterThan(0);
    expect(await run('dnf -y remove jq; jq . /dev/null')).toMatchObject({ exitCode: 127 });
    expect(await run('rpm -q jq')).toMatchObject({
      exitCode: 1,
      stdout: 'package jq is not installed\n',
    });
  });

  it('need a yes', async () => {
    expect((await run('dnf install cronie')).exitCode).toBe(1);
    expect(text('/usr/lib/systemd/system/crond.service')).toBeUndefined();
  });
});

it('keeps snapshots as they were', async () => {
  const before = system.contents;
  await run('echo later > /etc/motd; rm /etc/issue');
  const after = system.contents;
  expect([readTextFile(before, '/etc/motd'), readTextFile(after, '/etc/motd')]).toEqual([
    '',
    'later\n',
  ]);
  expect(readTextFile(after, '/etc/issue')).toBeUndefined();
  expect(readTextFile(before, '/etc/issue')).toContain('Kernel');
  expect(readTextFile(contents, '/etc/motd')).toBe('');
});
