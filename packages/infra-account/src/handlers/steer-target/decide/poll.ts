const often = { untilSeconds: 900, everySeconds: 30 };
const sometimes = { untilSeconds: 7_200, everySeconds: 60 };
const seldomSeconds = 300;

/** How long to wait for the next look at something that has been going on for so long: 14 events of history each. */
export const pollSeconds = (elapsedSeconds: number): number =>
  [often, sometimes].find(({ untilSeconds }) => elapsedSeconds < untilSeconds)?.everySeconds ??
  seldomSeconds;
