// Every root script begins here. pnpm only warns when its automatic install fails and then runs the
// script on whatever Node the system has, so this stops on a wrong Node and on a missing or stale install.
import { readFileSync } from 'node:fs';

const wantedMajor = '24';
const stop = (why) => {
  console.error(
    `guard: ${why}\nguard: run "npx -y pnpm@12.21.0 install" in the root of the repository and read its output`,
  );
  process.exit(1);
};
const read = (path) => {
  try {
    return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
};

const major = process.versions.node.split('.')[0];
if (major !== wantedMajor)
  stop(
    `this is Node ${process.versions.node} (${process.execPath}), but the repository runs on the Node ${wantedMajor} that it installs`,
  );
const wanted = read('pnpm-lock.yaml');
const installed = read('node_modules/.pnpm/lock.yaml');
if (wanted === undefined) stop('pnpm-lock.yaml is missing');
if (installed !== wanted)
  stop('node_modules does not match pnpm-lock.yaml: the last install failed or never ran');
