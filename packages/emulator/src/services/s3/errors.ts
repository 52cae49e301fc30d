import { AwsError } from '../../world/aws-error.ts';

// Source of codes and statuses: S3 API reference, "Error responses".

export const invalidArgument = (message: string): AwsError =>
  new AwsError('InvalidArgument', message);

export const invalidRequest = (message: string): AwsError =>
  new AwsError('InvalidRequest', message);

export const malformedXml = (message: string): AwsError =>
  new AwsError(
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema (${message})`,
  );

export const accessDenied = (message = 'Access Denied'): AwsError =>
  new AwsError('AccessDenied', message, { status: 403 });

export const notModelled = (what: string): AwsError =>
  new AwsError('NotImplemented', `${what} is not modelled by this emulator`, { status: 501 });

export const noSuchBucket = (name: string): AwsError =>
  new AwsError('NoSuchBucket', `The specified bucket does not exist: ${name}`, { status: 404 });

export const noSuchKey = (key: string): AwsError =>
  new AwsError('NoSuchKey', `The specified key does not exist: ${key}`, { status: 404 });

export const noSuchUpload = (): AwsError =>
  new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404 },
  );

export const preconditionFailed = (): AwsError =>
  new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { status: 412 },
  );

/** What a bucket answers for a setting that it does not have. */
export const noSuchSetting = (code: string, what: string): AwsError =>
  new AwsError(code, `The ${what} was not found`, { status: 404 });
