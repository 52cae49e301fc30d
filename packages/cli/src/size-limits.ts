/** Where default VPCs are made, as many as are asked for; the first is where the product is deployed. */
export const offeredRegions = ['eu-west-1', 'eu-central-1', 'eu-north-1', 'us-east-1'] as const;

/**
 * How large an organization can be, without and with the product in it. Those of the demo's organization stand here once
 * more, so that `--help` need not load it.
 */
export const sizeLimits = {
  plain: {
    accounts: { min: 1, max: 200, usual: 4 },
    regions: { min: 1, max: offeredRegions.length, usual: 2 },
  },
  demo: {
    accounts: { min: 3, max: 200, usual: 4 },
    regions: { min: 1, max: 3, usual: 2 },
  },
} as const;
