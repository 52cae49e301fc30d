/** The units whose accounts may follow a line. */
export const units = ['workloads', 'batch'] as const;
type Unit = (typeof units)[number];

/** What the accounts of a unit are called, by their unit. */
const prefixes: Readonly<Record<Unit, string>> = { workloads: 'workload', batch: 'batch' };

/** Names for so many workload accounts, unit by unit in turn: `workload-1`, `batch-1`, `workload-2`, ... */
export const workloadNames = (count: number): { readonly unit: Unit; readonly name: string }[] =>
  Array.from({ length: count }, (_, index) => {
    const unit = units[index % units.length] ?? 'workloads';
    return { unit, name: `${prefixes[unit]}-${Math.floor(index / units.length) + 1}` };
  });
