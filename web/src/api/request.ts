import type { Problem } from '#api/problem.ts';

const TIMEOUT_MS = 8000;

/** A call that did not work. `status` is 0 where the server did not answer at all. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** Calls the API and gives its JSON. Throws ApiError. */
export async function request<T>(path: string, options: { token?: string; body?: unknown } = {}): Promise<T> {
  const { token, body } = options;
  const headers = new Headers({ accept: 'application/json' });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');

  const response = await answerOf(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new ApiError(response.status, await detailOf(response));
  return (await response.json()) as T;
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new ApiError(0, 'The server does not answer.');
  }
}

async function detailOf(response: Response): Promise<string> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (!isProblem) return `The server answered with ${response.status} ${response.statusText}.`;
  const { title, detail } = (await response.json()) as Problem;
  return detail || title;
}
