import { justified } from './justified.ts';
import { observe, type Observation } from './observe.ts';
import { scenarioFor } from './scenario-for.ts';
import type { Site } from './sites.ts';

type Verdict = 'noticed' | 'justified' | 'NOT NOTICED' | 'JUSTIFIED, BUT NOTICED';

/** What came of taking one site away. */
export interface Judgement {
  readonly id: string;
  readonly scenario: string;
  readonly verdict: Verdict;
  /** What shows it, or why nothing does. */
  readonly because: string;
}

const reasonFor = ({ id }: Pick<Site, 'id'>): string | undefined =>
  Object.entries(justified).find(([end]) => id.endsWith(end))?.[1];

function verdictOn(site: Site, isNoticed: boolean): Verdict {
  const isJustified = reasonFor(site) !== undefined;
  if (isNoticed) return isJustified ? 'JUSTIFIED, BUT NOTICED' : 'noticed';
  return isJustified ? 'justified' : 'NOT NOTICED';
}

/** What shows that something was taken away. */
const evidenceOf = (
  { takes }: Site,
  before: Observation,
  after: Observation,
): string | undefined =>
  takes === 'condition'
    ? after.letIn.at(0)
    : ([...after.refused].find((call) => !before.refused.has(call)) ?? after.deployFailure);

/**
 * Takes each site away in turn.
 *
 * @throws Error when the whole template does not do what it is for
 */
export async function* judgeSites(
  template: string,
  sites: readonly Site[],
): AsyncGenerator<Judgement> {
  const whole = new Map<string, Observation>();
  for (const site of sites) {
    const scenario = scenarioFor(site);
    const before = whole.get(scenario.name) ?? (await observe(template, scenario));
    whole.set(scenario.name, before);
    if (before.deployFailure !== undefined)
      throw new Error(`the whole template does not deploy: ${before.deployFailure}`);
    if (before.letIn.length > 0)
      throw new Error(`the whole template lets in: ${before.letIn.join(', ')}`);
    const after = await observe(site.without(template), scenario, before.refused);
    const evidence = evidenceOf(site, before, after);
    yield {
      id: site.id,
      scenario: scenario.name,
      verdict: verdictOn(site, evidence !== undefined),
      because: evidence ?? reasonFor(site) ?? '',
    };
  }
}
