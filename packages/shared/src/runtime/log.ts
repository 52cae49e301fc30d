/** Everything the product logs; metric filters, alarms and runbooks look for these words. */
export type LogCode =
  | 'alarm-ignored'
  | 'build-log-unreadable'
  | 'build-started'
  | 'claim-known'
  | 'claim-made'
  | 'claim-moved'
  | 'claim-superseded'
  | 'dead-holder-settled'
  | 'execution-started'
  | 'group-failed'
  | 'image-cancel-refused'
  | 'image-message-ignored'
  | 'image-message-repeated'
  | 'image-outdated'
  | 'image-recorded'
  | 'image-region-missing'
  | 'image-revoked'
  | 'late-rollback-ignored'
  | 'late-rollback-recorded'
  | 'line-acquired'
  | 'line-waits'
  | 'lost-race'
  | 'message-failed'
  | 'notice-sent'
  | 'parent-blocked'
  | 'parent-watch-idle'
  | 'payload-rejected'
  | 'payload-superseded'
  | 'payload-unchanged'
  | 'recipe-not-resolved'
  | 'recipe-quota-near'
  | 'refresh-started'
  | 'registration-missing'
  | 'request-refused'
  | 'rollback-begun'
  | 'rollout-aborted'
  | 'rollout-completed'
  | 'rollout-halted'
  | 'rollout-planned'
  | 'rollout-superseded'
  | 'stable-moved'
  | 'stray-settled'
  | 'target-asked'
  | 'target-ended'
  | 'target-unreachable'
  | 'targets-listed'
  | 'wave-judged'
  | 'wave-started';

type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  info(code: LogCode, fields?: Fields): void;
  warn(code: LogCode, fields?: Fields): void;
  error(code: LogCode, fields?: Fields): void;
}

const writer =
  (level: 'info' | 'warn' | 'error') =>
  (code: LogCode, fields?: Fields): void => {
    console[level](JSON.stringify({ level, code, ...fields }));
  };

/** One JSON line per event, on the stream that gives it the right level in Lambda's own log format. */
export const consoleLog: Log = {
  info: writer('info'),
  warn: writer('warn'),
  error: writer('error'),
};
