/** Cuts a list into parts of a size that one call takes. */
export const batchesOf = <T>(items: readonly T[], sizeMax: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / sizeMax) }, (_, index) =>
    items.slice(index * sizeMax, (index + 1) * sizeMax),
  );
