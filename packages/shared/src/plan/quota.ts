import type { Refusal } from '../model/payload-refusal.ts';
import type { LineRecord } from '../model/records.ts';
import { recipeCountMax, recipeCountWarning } from './recipe.ts';

export const refuseQuota: Refusal = {
  reason: 'recipe-quota',
  sentence: `this account and Region have no room for another Image Builder recipe (default quota ${recipeCountMax}); delete old recipes or raise the quota, then upload again.`,
};

/** Whether to tell people, once, that recipes are about to run out. */
export const isQuotaNoticeDue = (recipeCount: number, line: LineRecord): boolean =>
  recipeCount >= recipeCountWarning && line.recipeQuotaNoticedAt === undefined;
