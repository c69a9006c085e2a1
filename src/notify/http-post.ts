/** An answer whose body was read, at most BODY_BYTES of it: what comes from outside has no say in our memory. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Request {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

const BODY_BYTES = 4096;

/** Sends the request. A redirect is an error: it would carry the message to somewhere nobody configured. */
export async function httpPost({ url, headers, body, signal }: Request): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
  return { status: response.status, headers: response.headers, body: await firstBytesOf(response) };
}

async function firstBytesOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= BODY_BYTES) break; // leaving the loop cancels the rest
  }
  return Buffer.concat(chunks).subarray(0, BODY_BYTES).toString();
}
