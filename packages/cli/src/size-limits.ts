import { allRegions, sizeLimits as storyLimits } from '@golden/demo/size.ts';

/** How large an organization can be, without and with the product in it. Default VPCs are in so many of the Regions, in their order. */
export const sizeLimits = {
  plain: {
    accounts: { min: 1, max: storyLimits.accounts.max, usual: 4 },
    regions: { min: 1, max: allRegions.length, usual: 2 },
  },
  demo: {
    accounts: { ...storyLimits.accounts, usual: 4 },
    regions: { ...storyLimits.regions, usual: 2 },
  },
} as const;
