/** What a stage may say to the operator; pino fits. Fields first, then one sentence. No secret ever goes in. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** Says nothing. */
export const silentLog: Log = { info() {}, warn() {}, error() {}, debug() {} };
