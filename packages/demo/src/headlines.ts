import type { JournalEntry } from '@golden/emulator';

/** What of the journal a person wants to see: one line for an entry, or nothing. */
type Headline = (entry: JournalEntry) => string | undefined;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const behind = (separator: string, arn: unknown): string => text(arn).split(separator).at(-1) ?? '';

/** Physical names as CloudFormation makes them, `<stack>-<logical id>-<random>`: the logical id is what people know. */
const logicalId = (physicalName: string): string => physicalName.split('-').at(-2) ?? physicalName;

const refreshEvent = 'EC2 Auto Scaling Instance Refresh ';
/** Name and detail of an event that AWS published. */
const eventOf = (event: unknown): readonly [string, Readonly<Record<string, unknown>>] => {
  if (typeof event !== 'object' || event === null) return ['', {}];
  const name = 'detail-type' in event ? text(event['detail-type']) : '';
  const detail = 'detail' in event ? event.detail : undefined;
  return [name, typeof detail === 'object' && detail !== null ? { ...detail } : {}];
};

const lineLengthMax = 96;
const shorten = (line: string): string =>
  line.length > lineLengthMax ? `${line.slice(0, lineLengthMax)}...` : line;

/** By service and name; what has an error is shown by its chapter's promises, not here. */
const headlines: Readonly<Record<string, Headline>> = {
  's3:PutObject': ({ by, detail }) =>
    by?.includes(':user/') && text(detail['resource']).includes('/payloads/')
      ? `uploaded ${behind('/payloads/', detail['resource'])}`
      : undefined,
  'imagebuilder:image-state': ({ detail: { arn, status, reason } }) =>
    isEnd(text(status))
      ? `image ${behind('image/', arn)} is ${text(status)}${text(reason) === '' ? '' : `: ${text(reason)}`}`
      : undefined,
  'sns:email-sent': ({ detail: { subject } }) =>
    text(subject).startsWith('AWS Notification') ? undefined : `mail: ${text(subject)}`,
};

const isEnd = (status: string): boolean => ['AVAILABLE', 'FAILED', 'CANCELLED'].includes(status);

/** What customers see of a bad image. */
const fleetHeadlines: Readonly<Record<string, Headline>> = {
  'ecs:event-published': ({ detail: { event } }) => {
    const [name, { eventType, eventName, reason }] = eventOf(event);
    return name === 'ECS Service Action' && eventType === 'ERROR'
      ? `ECS says ${text(eventName)} ${text(reason)}`.trim()
      : undefined;
  },
  'cloudwatch:alarm-state-changed': ({ detail: { alarm, from, to } }) =>
    from === 'INSUFFICIENT_DATA' ? undefined : `alarm ${logicalId(text(alarm))} is ${text(to)}`,
};

/** What happens between those: a large organization has hundreds of them for each image. */
const details: Readonly<Record<string, Headline>> = {
  'cloudformation:StackEvent': ({ detail: { stack, logicalId: id, type, status, reason } }) =>
    stack === id || text(status).endsWith('FAILED')
      ? `${stack === id ? 'stack' : text(type)} ${text(id)} ${text(status)} ${text(reason)}`.trim()
      : undefined,
  'events:event-delivered': ({ detail: { rule, target } }) =>
    `rule ${logicalId(behind('/', rule))} -> ${logicalId(behind(':', target))}`,
  'lambda:function-ran': ({ detail: { function: name, durationMs, errorType } }) =>
    `${logicalId(text(name))} ran ${text(durationMs)} ms ${text(errorType)}`.trim(),
  'imagebuilder:CreateImageRecipe': ({ detail }) =>
    `recipe ${behind('image-recipe/', detail['resource'])} is made`,
  'imagebuilder:image-state': ({ detail: { arn, status } }) =>
    `image ${behind('image/', arn)} is ${text(status)}`,
  'ec2:launch-permissions-changed': ({ region, detail: { imageId, permissions } }) =>
    `${text(imageId)} in ${region} is shared with ${Array.isArray(permissions) ? permissions.map((one) => behind(':', one)).join(', ') : ''}`,
  'sns:notification-delivered': ({ detail: { topic, endpoint } }) =>
    text(endpoint).startsWith('arn:')
      ? `topic ${logicalId(behind(':', topic))} -> ${logicalId(behind(':', endpoint))}`
      : undefined,
  'states:execution-status': ({ detail: { execution, status } }) =>
    `execution ${behind(':', execution)} is ${text(status)}`,
  'autoscaling:event-published': ({ detail: { event } }) => {
    const [name, { AutoScalingGroupName: group }] = eventOf(event);
    return name.startsWith(refreshEvent)
      ? `refresh of ${logicalId(text(group))}: ${name.slice(refreshEvent.length)}`
      : undefined;
  },
};

/** Which entries have a line. */
export interface Shown {
  /** What ECS and alarms say. */
  readonly fleet: boolean;
  readonly details: boolean;
}

/** The line for an entry; none for what nobody wants to see now. */
export function headlineOf(entry: JournalEntry, shown: Shown): string | undefined {
  if (entry.error !== undefined) return undefined;
  const key = `${entry.service}:${entry.name}`;
  const line =
    headlines[key]?.(entry) ??
    (shown.fleet || shown.details ? fleetHeadlines[key]?.(entry) : undefined) ??
    (shown.details ? details[key]?.(entry) : undefined);
  return line === undefined ? undefined : shorten(line);
}
