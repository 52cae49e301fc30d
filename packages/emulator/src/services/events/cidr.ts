import { BlockList, isIP } from 'node:net';

/** Whether an address lies in a block such as `10.0.0.0/8` or `2001:db8::/32`; undefined for what is no block. */
export function cidrTest(block: string): ((address: string) => boolean) | undefined {
  const [base = '', bits = '', ...more] = block.split('/');
  const version = isIP(base);
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (more.length > 0 || version === 0 || !(length <= (version === 4 ? 32 : 128))) return undefined;
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(base, length, family);
  return (address) => isIP(address) === version && list.check(address, family);
}
