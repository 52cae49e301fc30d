/** Whether two records of plain data say the same, with their members in the same order. */
export const isSameRecord = (one: object, other: object): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
