import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';

/**
 * What a JSON file of the state folder holds; null where there is none.
 * @throws KubeSecureError `bad-input` naming the file, if it is cut short or not what was written there
 */
export async function readStateFile<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | null> {
  return (await readHashedStateFile(path, schema))?.value ?? null;
}

/** The same with the SHA-256 of the file. */
export async function readHashedStateFile<T extends z.ZodType>(
  path: string,
  schema: T,
): Promise<{ value: z.infer<T>; sha256: string } | null> {
  let bytes: Buffer;
  let json: unknown;
  try {
    bytes = await readFile(path);
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw unreadable(path, reasonOf(error), error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data, sha256: createHash('sha256').update(bytes).digest('hex') };
  const [issue] = parsed.error.issues;
  throw unreadable(path, issue === undefined ? 'it is something else' : `${issue.path.join('.')}: ${issue.message}`);
}

/** Puts a JSON file in the place of another, whole or not at all, whatever happens meanwhile. Its owner's alone. */
export async function writeStateFile(path: string, value: unknown): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 1)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    throw new KubeSecureError('unavailable', `while keeping what was learned: ${reasonOf(error)}, ${path}`, {
      cause: error,
    });
  }
}

function unreadable(path: string, what: string, cause?: unknown): KubeSecureError {
  return new KubeSecureError('bad-input', `while reading what was learned: ${what}, ${path}`, { cause });
}
