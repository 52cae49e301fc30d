/** What an instance type brings. */
interface Hardware {
  readonly vcpus: number;
  /** MiB as AWS states it. */
  readonly memory: number;
}

const gib = 1024;

/** Burstable types. Source: EC2 instance types, T2, T3, T3a, T4g */
const burstable: Readonly<Record<string, Hardware>> = {
  nano: { vcpus: 2, memory: 0.5 * gib },
  micro: { vcpus: 2, memory: gib },
  small: { vcpus: 2, memory: 2 * gib },
  medium: { vcpus: 2, memory: 4 * gib },
  large: { vcpus: 2, memory: 8 * gib },
  xlarge: { vcpus: 4, memory: 16 * gib },
  '2xlarge': { vcpus: 8, memory: 32 * gib },
};

/** GiB a vCPU by family. Source: EC2 instance types; a1, c, m, r, i, x, d and z families as listed there */
const memoryPerVcpu: Readonly<Record<string, number>> = {
  a: 2,
  c: 2,
  m: 4,
  r: 8,
  i: 8,
  x: 16,
  z: 8,
  g: 4,
  d: 8,
};

const vcpusOfSize: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };

function hardwareOf(instanceType: string): Hardware | undefined {
  const [, letters = '', generation = '', , size = ''] =
    /^([a-z]+)(\d+)([a-z-]*)\.(.+)$/.exec(instanceType) ?? [];
  const found = letters === 't' ? burstable[size] : undefined;
  // T2 has one vCPU up to small. Source: EC2 instance types, T2
  if (found)
    return generation === '2' && ['nano', 'micro', 'small'].includes(size)
      ? { ...found, vcpus: 1 }
      : found;
  const perVcpu = memoryPerVcpu[letters];
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  const vcpus = multiple === undefined ? vcpusOfSize[size] : Number(multiple) * 4;
  return perVcpu === undefined || vcpus === undefined
    ? undefined
    : { vcpus, memory: vcpus * perVcpu * gib };
}

/** Source: ECS Developer Guide, "Reserving ECS Linux container instance memory": 1,024 CPU units a vCPU */
const cpuUnitsPerVcpu = 1024;

/**
 * What the agent of an instance registers. The operating system keeps some memory for itself: some 5 % and 60 MiB here,
 * which is near what `free` shows on Amazon Linux.
 *
 * @param reservedMemory `ECS_RESERVED_MEMORY`, MiB
 * @returns undefined for a type whose size is not known here
 */
export function registeredResources(
  instanceType: string,
  reservedMemory: number,
): { readonly cpu: number; readonly memory: number } | undefined {
  const hardware = hardwareOf(instanceType);
  return (
    hardware && {
      cpu: hardware.vcpus * cpuUnitsPerVcpu,
      memory: Math.max(0, Math.floor(hardware.memory * 0.95) - 60 - reservedMemory),
    }
  );
}
