import { validationError } from './validation-error.ts';

/** The value of `AWS::NoValue`: the property or list item that holds it is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

/** A value that is known only once a resource has been changed; stands in expressions while a change is planned. */
export class KnownLater {
  /** The resource that has to be changed first. */
  readonly logicalId: string;
  /** The attribute, or undefined for its physical id. */
  readonly attribute: string | undefined;

  constructor(logicalId: string, attribute?: string) {
    this.logicalId = logicalId;
    this.attribute = attribute;
  }
}

/** Where expressions find what they refer to. Each look-up throws a ValidationError for a name that is not there. */
export interface Names {
  /** A parameter, a pseudo parameter or a resource's physical id; {@link noValue} for `AWS::NoValue`. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(name: string, first: string, second: string): unknown;
  /** The value of another stack's export. */
  imported(name: string): unknown;
}

/** Scalars as text, as templates mix them. */
export function asText(where: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw validationError(
    `Template error: ${where} requires a string, found ${value === noValue ? 'AWS::NoValue' : JSON.stringify(value)}`,
  );
}
