import { z } from 'zod';
import { KubeSecureError, type ErrorCode } from '#core/error.ts';

/** What is read of the Kubernetes `Status` object that comes with a refused request. */
const Status = z.object({ message: z.string().default('') });

/** The error for an answer that is not a success. */
export function refusalOf(
  request: { readonly doing: string; readonly right: string },
  status: number,
  body: string,
): KubeSecureError {
  const said = messageIn(body);
  const code = codeOf(status);
  if (status === 401) {
    return new KubeSecureError(code, `while ${request.doing}: the API server does not accept our credentials: ${said}`);
  }
  if (status === 403) {
    return new KubeSecureError(code, `while ${request.doing}: the right to ${request.right} is missing: ${said}`);
  }
  return new KubeSecureError(code, `while ${request.doing}: the API server answered ${status}: ${said}`);
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409 || status === 410) return 'conflict';
  if (status === 429 || status >= 500) return 'unavailable';
  return 'bad-input';
}

function messageIn(body: string): string {
  try {
    return Status.parse(JSON.parse(body)).message;
  } catch {
    return body.slice(0, 200);
  }
}
