/** What kind of failure this is: decides the exit code of a command and the status of a response. */
export type ErrorCode =
  | 'usage' // the command line or the configuration is wrong
  | 'bad-input' // a file or a request holds something that cannot be right
  | 'not-found'
  | 'forbidden' // we lack a right: a capability, an RBAC rule, a token
  | 'conflict' // something else holds what we need: a port, a field, a lock
  | 'unavailable' // a part we depend on does not answer; trying again may help
  | 'internal';

/** The one error this project throws. Its message has the form "while doing X: what was wrong, where". */
export class KubeSecureError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'KubeSecureError';
    this.code = code;
  }
}

/**
 * The exit code of a command that ended with this error: 2 for what the caller must mend (a wrong argument or file, a
 * missing right, an occupied port), 1 for what may work another time.
 */
export function exitCodeOf(error: unknown): 1 | 2 {
  if (!(error instanceof KubeSecureError)) return 1;
  return error.code === 'unavailable' || error.code === 'internal' ? 1 : 2;
}

/** The code that the system or Node gave the error, such as `ENOENT`; empty where there is none. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** A one-line reason for any thrown value, without a stack. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return String(error);
}
