/** A parameter's type, taken apart. */
export interface ParameterType {
  /** The type of one item, e.g. `String`, `Number`, `AWS::EC2::Subnet::Id`. */
  readonly item: string;
  readonly isList: boolean;
  /** The given text is the name of a Systems Manager parameter that holds the value. */
  readonly isStored: boolean;
}

const resourceId =
  (prefix: string) =>
  (text: string): boolean =>
    new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(text);
const anyText = (text: string): boolean => text !== '';

/**
 * The types of which CloudFormation looks up the value in the account; here only the form is checked.
 *
 * Source: CloudFormation User Guide, "Supplied parameter types".
 */
const suppliedTypes: Readonly<Record<string, (text: string) => boolean>> = {
  'AWS::EC2::AvailabilityZone::Name': (text) => /^[a-z]{2}(-[a-z0-9]+)+[a-z]$/.test(text),
  'AWS::EC2::Image::Id': resourceId('ami'),
  'AWS::EC2::Instance::Id': resourceId('i'),
  'AWS::EC2::KeyPair::KeyName': anyText,
  'AWS::EC2::SecurityGroup::GroupName': anyText,
  'AWS::EC2::SecurityGroup::Id': resourceId('sg'),
  'AWS::EC2::Subnet::Id': resourceId('subnet'),
  'AWS::EC2::VPC::Id': resourceId('vpc'),
  'AWS::EC2::Volume::Id': resourceId('vol'),
  'AWS::Route53::HostedZone::Id': (text) => /^Z[A-Z0-9]+$/.test(text),
};

/** The type of a parameter that names a Systems Manager parameter, whose value is not read. */
export const storedNameType = 'AWS::SSM::Parameter::Name';
const storedValueType = /^AWS::SSM::Parameter::Value<(.+)>$/;

/** @returns undefined for a type that CloudFormation does not have */
export function parameterType(type: string): ParameterType | undefined {
  const stored = storedValueType.exec(type)?.[1];
  if (stored !== undefined) {
    const inner = plainType(stored) ?? (stored === 'List<String>' ? listOf('String') : undefined);
    // Systems Manager holds text only. Source: "Supplied parameter types", Systems Manager parameter types.
    return inner === undefined || inner.item === 'Number'
      ? undefined
      : { ...inner, isStored: true };
  }
  return type === storedNameType ? scalarOf(storedNameType) : plainType(type);
}

const scalarOf = (item: string): ParameterType => ({ item, isList: false, isStored: false });
const listOf = (item: string): ParameterType => ({ item, isList: true, isStored: false });

function plainType(type: string): ParameterType | undefined {
  if (type === 'String' || type === 'Number') return scalarOf(type);
  if (type === 'CommaDelimitedList') return listOf('String');
  if (type === 'List<Number>') return listOf('Number');
  const item = /^List<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) return item in suppliedTypes ? listOf(item) : undefined;
  return type in suppliedTypes ? scalarOf(type) : undefined;
}

export const isParameterType = (type: string): boolean => parameterType(type) !== undefined;

/** Whether a text has the form of a supplied type; other types have no form of their own. */
export const fitsSuppliedType = (item: string, text: string): boolean =>
  suppliedTypes[item]?.(text) ?? true;
