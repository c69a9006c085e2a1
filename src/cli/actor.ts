import { userInfo } from 'node:os';

/** Who gives this command, for the audit log and histories. */
export function actor(): string {
  return `cli:${userInfo().username}`;
}
