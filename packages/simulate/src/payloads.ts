import { examplePayload } from '@golden/stage/fleet-stage.ts';
import type { Fortune } from './scenario.ts';

/** The text alone decides what becomes of it; the line at its end makes each shipment a payload of its own. */
export const payloadText = (fortune: Fortune, index: number): string =>
  `${textOf(fortune)}# shipment ${index + 1}\n`;

function textOf(fortune: Fortune): string {
  switch (fortune) {
    case 'good':
    case 'late':
      return "#!/bin/bash\nset -euo pipefail\necho 'kernel.kptr_restrict = 2' > /etc/sysctl.d/90-hardening.conf\n";
    case 'places-nothing':
      return examplePayload('drops-awslogs-driver.sh');
    case 'registers-nowhere':
      return examplePayload('wrong-cluster.sh');
    case 'fails-build':
      return '#!/bin/bash\nexit 3\n';
    case 'fails-test':
      return examplePayload('disables-ecs-agent.sh');
    case 'refused':
      return 'echo a script without its first line\n';
    default:
      return fortune satisfies never;
  }
}

/** The key that a shipment is uploaded under: its version is recognized by it. */
export const payloadKey = (fortune: Fortune, index: number): string =>
  `payloads/${index + 1}-${fortune}.sh`;

/** Which shipment a version was built of; undefined for any other key. */
export const shipmentOf = (key: string): number | undefined => {
  const [, number] = /^payloads\/(\d+)-/.exec(key) ?? [];
  return number === undefined ? undefined : Number(number) - 1;
};
