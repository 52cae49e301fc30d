import type { Dialect } from './codec.ts';
import type { MalformedPart } from './malformed-request.ts';

interface MalformedCode {
  readonly code: string;
  readonly status: number;
}

const with400 = (code: string): MalformedCode => ({ code, status: 400 });

/**
 * How a service says that it cannot read a request; it differs by protocol.
 *
 * Sources: S3 API Reference, "Error responses"; EC2 API Reference, "Error codes" (`InvalidAction`, `UnknownParameter`); "Common
 * errors" in the references of the query services; `MalformedInput` as CloudFormation answers (brendanhay/amazonka#12);
 * Smithy, "AWS JSON 1.0" and "AWS restJson1" (`UnknownOperationException`, `SerializationException`).
 */
export function malformedCode(part: MalformedPart, dialect: Dialect): MalformedCode {
  switch (dialect) {
    case 'rest-xml':
      return s3Code(part);
    case 'query':
      return with400(part === 'operation' ? 'InvalidAction' : 'MalformedInput');
    case 'ec2':
      if (part === 'operation') return with400('InvalidAction');
      return with400(part === 'member' ? 'UnknownParameter' : 'InvalidParameterValue');
    case 'rest-json':
      return part === 'operation'
        ? { code: 'UnknownOperationException', status: 404 }
        : with400('SerializationException');
    case 'json':
    case 'cbor':
      return with400(part === 'operation' ? 'UnknownOperationException' : 'SerializationException');
    default:
      return dialect satisfies never;
  }
}

function s3Code(part: MalformedPart): MalformedCode {
  switch (part) {
    case 'operation':
      return { code: 'MethodNotAllowed', status: 405 };
    case 'path':
      return with400('InvalidURI');
    case 'chunks':
      return with400('IncompleteBody');
    case 'member':
    case 'content':
      return with400('MalformedXML');
    default:
      return part satisfies never;
  }
}
