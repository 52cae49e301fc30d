import { describe, expect, it } from '@jest/globals';
import { readInfraTemplate } from '@golden/stage/infra-stage.ts';
import { drawScenario } from './draw-scenario.ts';
import { failureText } from './report.ts';
import { scenarioOf, scenarios } from './scenarios.ts';
import { simulate } from './simulate.ts';

describe('a scenario', () => {
  it.each(scenarios)(
    '$name holds now',
    async (named) => {
      const result = await simulate(scenarioOf(named));
      expect(failureText(result, { what: named.name, repeat: named.name })).toBe('');
    },
    60_000,
  );
});

describe('a seed', () => {
  it('makes the same run every time, to the byte, and another one makes another', async () => {
    // Two bad images for two accounts, under faults of every kind.
    const scenario = drawScenario(5);
    const [first, second] = [await simulate(scenario), await simulate(scenario)];
    expect(first.strikes.length).toBeGreaterThan(20);
    expect(second.journalDigest).toBe(first.journalDigest);
    expect(second).toEqual(first);
    const other = await simulate({ ...scenario, seed: 'another' });
    expect(other.journalDigest).not.toBe(first.journalDigest);
  }, 60_000);
});

/** The product with a defect that is planted into the definition of its rollout. */
function planted(from: string, to: string): string {
  const template = readInfraTemplate();
  const [one, other] = [from, to].map((text) => JSON.stringify(text).slice(1, -1));
  if (one === undefined || other === undefined || template.split(one).length !== 2)
    throw new Error(`the template has not exactly one ${from}`);
  return template.replace(one, other);
}

describe('a simulation', () => {
  it('finds a rollout that goes on whatever its first wave has lost, and names the step', async () => {
    const goesOn = planted(
      '"Default":"AnythingMoved?","Assign":{"isBaked":false}},"Bake"',
      '"Default":"Advance","Assign":{"isBaked":false}},"Bake"',
    );
    const named = scenarios.find(({ name }) => name === 'bad-image-within-budget');
    if (!named) throw new Error('there is no such scenario');
    const quiet = scenarioOf(named);
    const [first] = quiet.accounts;
    if (!first) throw new Error('it has no account');
    const scenario = {
      ...quiet,
      accounts: [first, { ...first, name: 'workload-2' }],
      parameters: { ...quiet.parameters, FailureBudget: '0', Waves: '1,100%' },
    };
    expect((await simulate(scenario)).verdict.kind).not.toBe('failed');
    const result = await simulate(scenario, goesOn);
    const text = failureText(result, { what: 'planted', repeat: 'simulate --seed 1' });
    expect(text).toMatch(
      /FAILED {2}planted, step \d+\n {2}breach: .*of wave 2 is started after 0 waves/,
    );
    expect(text).toMatch(/repeat it: simulate --seed 1$/);
  }, 60_000);
});
