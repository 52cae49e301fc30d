import type * as client from '@aws-sdk/client-ec2';
import { operation } from '../../world/service.ts';
import { invalidValue, refuseDryRun } from './errors.ts';
import { filterItems } from './filters.ts';

/** The Regions of this world with the ids of their zones; all are on by default in every account. */
export const regions = [
  { name: 'ap-northeast-1', zonePrefix: 'apne1-az' },
  { name: 'ap-southeast-1', zonePrefix: 'apse1-az' },
  { name: 'ap-southeast-2', zonePrefix: 'apse2-az' },
  { name: 'ca-central-1', zonePrefix: 'cac1-az' },
  { name: 'eu-central-1', zonePrefix: 'euc1-az' },
  { name: 'eu-north-1', zonePrefix: 'eun1-az' },
  { name: 'eu-west-1', zonePrefix: 'euw1-az' },
  { name: 'eu-west-2', zonePrefix: 'euw2-az' },
  { name: 'eu-west-3', zonePrefix: 'euw3-az' },
  { name: 'us-east-1', zonePrefix: 'use1-az' },
  { name: 'us-east-2', zonePrefix: 'use2-az' },
  { name: 'us-west-1', zonePrefix: 'usw1-az' },
  { name: 'us-west-2', zonePrefix: 'usw2-az' },
] as const;

const zoneLetters = ['a', 'b', 'c'] as const;

/** Three zones in every Region. */
export const zonesOf = (region: string): { name: string; id: string }[] =>
  regions
    .filter(({ name }) => name === region)
    .flatMap(({ name, zonePrefix }) =>
      zoneLetters.map((letter, index) => ({
        name: `${name}${letter}`,
        id: `${zonePrefix}${index + 1}`,
      })),
    );

export const describeRegions = operation<
  client.DescribeRegionsCommandInput,
  Partial<client.DescribeRegionsCommandOutput>
>({
  // DescribeRegions has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeRegions', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    for (const name of input.RegionNames ?? [])
      if (!regions.some((region) => region.name === name))
        throw invalidValue(`Invalid region: '${name}'`);
    const named = regions.filter(({ name }) => input.RegionNames?.includes(name) ?? true);
    const wanted = filterItems(call, named, input.Filters, {
      values: {
        'region-name': ({ name }) => [name],
        endpoint: ({ name }) => [`ec2.${name}.amazonaws.com`],
        'opt-in-status': () => ['opt-in-not-required'],
      },
    });
    return {
      Regions: wanted.map(({ name }) => ({
        RegionName: name,
        Endpoint: `ec2.${name}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
    };
  },
});

export const describeAvailabilityZones = operation<
  client.DescribeAvailabilityZonesCommandInput,
  Partial<client.DescribeAvailabilityZonesCommandOutput>
>({
  // DescribeAvailabilityZones has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeAvailabilityZones', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const named = zonesOf(call.region).filter(
      ({ name, id }) =>
        (input.ZoneNames?.includes(name) ?? true) && (input.ZoneIds?.includes(id) ?? true),
    );
    const wanted = filterItems(call, named, input.Filters, {
      values: {
        'region-name': () => [call.region],
        'zone-name': ({ name }) => [name],
        'zone-id': ({ id }) => [id],
        'zone-type': () => ['availability-zone'],
        state: () => ['available'],
      },
    });
    return {
      AvailabilityZones: wanted.map(({ name, id }) => ({
        ZoneName: name,
        ZoneId: id,
        RegionName: call.region,
        GroupName: call.region,
        NetworkBorderGroup: call.region,
        ZoneType: 'availability-zone',
        OptInStatus: 'opt-in-not-required' as const,
        State: 'available' as const,
      })),
    };
  },
});
