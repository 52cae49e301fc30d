import { EC2Client } from '@aws-sdk/client-ec2';
import { clientOptions } from './client-options.ts';

/** One EC2 client per Region, made once and only for Regions that are asked for. */
export const makeEc2Clients = (): ((region: string) => EC2Client) => {
  const clients = new Map<string, EC2Client>();
  return (region) => {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const client = new EC2Client(clientOptions(region));
    clients.set(region, client);
    return client;
  };
};
