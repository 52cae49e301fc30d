/** A value that passed the check of its own constructor; a plain one is not accepted in its place. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
