import { KubeSecureError } from '#core/error.ts';

/** The last row of a page: the next page begins after it. */
export interface Cursor {
  readonly firstSeenMs: number;
  readonly id: string;
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(`${cursor.firstSeenMs}:${cursor.id}`).toString('base64url');
}

/** @throws KubeSecureError `bad-input` for a text that `encodeCursor` did not make. */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,15}):(.+)$/s.exec(Buffer.from(text, 'base64url').toString());
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new KubeSecureError('bad-input', 'while listing alerts: the cursor is not one that an earlier page gave');
  }
  return { firstSeenMs: Number(match[1]), id: match[2] };
}
