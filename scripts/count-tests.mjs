// Names the skipped tests of a Jest run and counts all in one line. Runs on any Node: it is the last step of CI.
import { readFileSync } from 'node:fs';

const { testResults, numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } =
  JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const { assertionResults } of testResults)
  for (const { status, fullName } of assertionResults)
    if (status === 'pending') console.log(`skipped: ${fullName}`);
console.log(
  `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
);
// A file that does not even load has no test that failed, and a run without tests proves nothing.
process.exitCode = numFailedTests > 0 || numFailedTestSuites > 0 || numPassedTests === 0 ? 1 : 0;
