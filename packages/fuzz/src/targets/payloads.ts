import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { amazonLinuxContents, bootSystem, runScript } from '@golden/emulator/image-model/index.ts';
import { readFunctionResult } from '@golden/shared/payload/function-result.ts';
import { parseReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { refuseBytes } from '@golden/shared/plan/check-payload.ts';
import { wavesOf } from '@golden/shared/plan/waves.ts';
import { asBytes } from '../cases/http-text.ts';
import { mutatedJson } from '../cases/mutated-json.ts';
import { mutatedText, textsLike } from '../cases/mutated-text.ts';
import { Finding, shown } from '../finding.ts';
import { parserTarget } from '../parser-target.ts';
import type { Target } from '../target.ts';

const payloadFolder = new URL('../../../../examples/payloads/', import.meta.url);
const payloads = readdirSync(payloadFolder).map((name) =>
  readFileSync(new URL(name, payloadFolder), 'utf8'),
);
const scripts = [
  ...payloads,
  'for i in {1..3}; do echo $((i * 2)); done | sort -r\n',
  'f() { case "$1" in a*) echo "${1#a}";; *) return 3;; esac; }; f abc && [[ -f /etc/os-release ]] || exit 4\n',
  'while read -r line; do echo "${line,,}"; done < /etc/passwd\ncat <<EOF > /tmp/x\n$HOME `id -u`\nEOF\n',
];
const words = [
  'if ',
  'then ',
  'fi\n',
  'for i in ',
  'do ',
  'done\n',
  'while true; ',
  'case ',
  'esac ',
  '$(',
  ')',
  '`',
  '"',
  "'",
  '${',
  '}',
  '$((',
  '))',
  '[[',
  ']]',
  ' | ',
  ' && ',
  ' || ',
  ';',
  '&',
  '>',
  '<<EOF\n',
  'EOF\n',
  '{1..9}',
  '*',
  'echo ',
  'exit ',
  'exec ',
  'set -e\n',
  'trap ',
  'sleep 9 ',
  'rm -rf / ',
  'cat ',
  'systemctl ',
  'a=',
  '$a',
  ' ',
  '\n',
  '!',
  '(',
];

const secondsMax = 3_600;
/** The interpreter takes a tenth of a millisecond for each word, and cases are many. */
const wordsLengthMax = 20_000;
const outputLengthMax = 32 << 20;
const contents = amazonLinuxContents({ ecsOptimized: true, architecture: 'x86_64' });

async function runOnImage(script: string): Promise<string> {
  const system = await bootSystem(contents);
  const { exitCode, stdout, stderr, timedOut } = await runScript(system, script, { secondsMax });
  if (stdout.length + stderr.length > outputLengthMax)
    throw new Finding(`it writes ${stdout.length + stderr.length} characters`);
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255)
    throw new Finding(`it ends with the code ${exitCode}`);
  return timedOut ? 'no end' : exitCode === 0 ? 'succeeds' : exitCode === 2 ? 'syntax' : 'fails';
}

const answers = [
  '{"schema":2,"outcome":"answered","warnings":[{"reason":"new-word","n":1}],"groups":[{"group":"a","state":"moving","size":2,"image":"ami-0123456789abcdef0","refresh":{"id":"x","status":"Pending","percentageComplete":0},"registration":"checked","warnings":[{"reason":"registration-not-checked"}]},{"group":"b","state":"skipped","size":1,"image":"","block":{"reason":"refresh-in-progress","refresh":"x","status":"Pending"}}]}',
  '{"schema":1,"outcome":"refused","block":{"reason":"other-line","line":"golden","asked":"silver"}}',
];
const answerBytesMax = 262_144;

/** What people upload and other accounts answer. */
export const payloadTargets: readonly Target[] = [
  parserTarget({
    name: 'payload-header',
    weight: 40,
    cases: () => mutatedText(fc.constantFrom(...payloads.map(asBytes))),
    parse: (text) => refuseBytes(Buffer.from(text, 'latin1'))?.reason ?? 'a bash script',
    isRefusal: () => false,
  }),
  parserTarget({
    name: 'bash-script',
    weight: 12,
    cases: () => textsLike({ examples: scripts, words, lengthMax: wordsLengthMax }),
    parse: runOnImage,
    isRefusal: () => false,
  }),
  parserTarget({
    name: 'waves-parameter',
    weight: 20,
    cases: () => {
      const share = fc
        .tuple(fc.integer({ min: 0, max: 120 }), fc.constantFrom('', '%', '%%'))
        .map(([count, sign]) => `${count}${sign}`);
      const growing = fc
        .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 22 })
        .map((counts) =>
          [...counts.toSorted((one, other) => one - other).map((n) => `${n}%`), '100%'].join(','),
        );
      return fc.oneof(
        growing,
        mutatedText(growing),
        fc.array(share, { maxLength: 5 }).map((shares) => [...shares, '100%'].join(', ')),
      );
    },
    parse: (text) => {
      const waves = wavesOf(
        text,
        Array.from({ length: 57 }, (_, n) => n),
      );
      if ('problem' in waves) {
        if (waves.problem.length > 1_000)
          throw new Finding(`its problem is long: ${shown(waves.problem)}`);
        return 'refused';
      }
      if (waves.flat().length !== 57)
        throw new Finding(`a target is lost or moved twice: ${shown(waves)}`);
      return 'waves';
    },
    isRefusal: () => false,
  }),
  parserTarget({
    name: 'target-answer',
    weight: 60,
    cases: () => mutatedJson(answers),
    parse: (payload) => {
      const answer = readFunctionResult({ functionError: undefined, payload });
      const bytes = Buffer.byteLength(JSON.stringify(answer));
      if (bytes > answerBytesMax) throw new Finding(`it passes on ${bytes} bytes`);
      // What one function gives, the next one has to take.
      parseReachAnswer(answer);
      return answer.outcome === 'answered' ? answer.response.outcome : answer.reason;
    },
    isRefusal: () => false,
  }),
];
