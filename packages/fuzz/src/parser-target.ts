import type fc from 'fast-check';
import { Finding, shown } from './finding.ts';
import type { Target } from './target.ts';

/** A refusal may repeat what was sent, but no more than a few times. */
const refusalLengthMax = 16_384;
const refusalCharactersPerCharacterMax = 8;
/** What JavaScript itself says, and no parser means to. */
const accident =
  /(is not a function|is not iterable|Cannot read propert|Cannot convert|Maximum call stack)/;

/** A target that is one function: it takes a text, or refuses it in the one way that it declares. */
export const parserTarget = (options: {
  readonly name: string;
  readonly weight: number;
  readonly cases: () => fc.Arbitrary<string>;
  /** @returns what it took the text for */
  readonly parse: (text: string) => string | Promise<string>;
  readonly isRefusal: (error: Error) => boolean;
}): Target => ({
  name: options.name,
  weight: options.weight,
  open: () => ({
    cases: options.cases(),
    run: async (text) => {
      try {
        return await options.parse(text);
      } catch (error) {
        if (!(error instanceof Error) || !options.isRefusal(error)) throw error;
        const { message } = error;
        if (message === '') throw new Finding('it refuses without a word');
        if (accident.test(message) && !accident.test(text))
          throw new Finding(`it refuses by accident: ${shown(message)}`);
        if (message.length > refusalLengthMax + refusalCharactersPerCharacterMax * text.length)
          throw new Finding(`its refusal has ${message.length} characters: ${shown(message)}`);
        return 'refused';
      }
    },
  }),
});
