import { KubeSecureError } from '#core/error.ts';

/** @throws KubeSecureError `bad-input` for anything but a whole number from 1 to 1000. */
export function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new KubeSecureError('bad-input', `while reading the store: the limit ${limit} is not between 1 and 1000`);
}
