import { z } from 'zod';
import { KubeSecureError, reasonOf } from '#core/error.ts';

/**
 * The record in a stored JSON text: what comes back from a disk is foreign data.
 * @throws KubeSecureError `internal` that names the record and what is wrong with it.
 */
export function readRecord<S extends z.ZodType>(schema: S, json: unknown, name: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(String(json));
  } catch (error) {
    throw unreadable(name, reasonOf(error));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(name, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

function unreadable(name: string, reason: string): KubeSecureError {
  return new KubeSecureError('internal', `while reading ${name} from the store: ${reason}`);
}
