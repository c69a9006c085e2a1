import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { KubeSecureError } from '#core/error.ts';
import type { ErrorCode } from '#core/error.ts';
import { Decision } from '#core/decision.ts';

/** An RFC 9457 problem document. */
export const Problem = z.object({
  /** `urn:kubesecure:problem:` and the kind. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What went wrong this time, for a person. */
  detail: z.string(),
  /** What is wrong where, for a request that does not fit its schema. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** The decision that could not be carried out. */
  decision: Decision.optional(),
});
export type Problem = z.infer<typeof Problem>;

/**
 * One row for each code of KubeSecureError. `forbidden` is 403 and its detail says who forbids: the cluster's RBAC our
 * service account, or our own settings (`response.never`). The caller's token is never the reason; that would be 401.
 */
const STATUS_OF_CODE: Readonly<Record<ErrorCode, { status: number; title: string }>> = {
  usage: { status: 400, title: 'The request is wrong' },
  'bad-input': { status: 400, title: 'The request is wrong' },
  'not-found': { status: 404, title: 'Not found' },
  forbidden: { status: 403, title: 'Not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  unavailable: { status: 503, title: 'A part that is needed does not answer' },
  internal: { status: 500, title: 'Internal error' },
};

const TITLE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'The request is wrong',
  401: 'Log in first',
  404: 'Not found',
  409: 'Conflict',
  413: 'The request is too large',
  415: 'This content type is not understood',
  429: 'Too many attempts',
  503: 'A part that is needed does not answer',
};

/** The problem document for anything thrown. Nothing internal leaves: an unknown error says only where to look. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof KubeSecureError && error.code !== 'internal') {
    const { status, title } = STATUS_OF_CODE[error.code];
    return { type: `urn:kubesecure:problem:${error.code}`, title, status, detail: error.message };
  }

  const validation = validationErrorsOf(error);
  if (validation) {
    const detail = validation.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return { ...problem(400, 'bad-input', detail), errors: validation };
  }

  const status = clientErrorStatusOf(error);
  if (status) return problem(status, kindOfStatus(status), error instanceof Error ? error.message : '');
  return {
    type: 'urn:kubesecure:problem:internal',
    title: STATUS_OF_CODE.internal.title,
    status: 500,
    detail: `Something went wrong here. The server's log has it under request ${requestId}.`,
  };
}

/** A problem document for a status that no thrown error stands for. */
export function problem(status: number, kind: string, detail: string): Problem {
  return { type: `urn:kubesecure:problem:${kind}`, title: TITLE_OF_STATUS[status] ?? 'Error', status, detail };
}

/** Sends a problem document, past the route's own response schema. */
export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  return reply
    .code(document.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(document);
}

interface RawValidation {
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: { readonly keys?: readonly string[] };
}

function validationErrorsOf(error: unknown): NonNullable<Problem['errors']> | null {
  if (typeof error !== 'object' || error === null || !('validation' in error)) return null;
  const part = 'validationContext' in error ? String(error.validationContext) : 'request';
  const issues = error.validation as readonly RawValidation[];
  return issues.map(({ instancePath, message }) => ({
    path: `${part}${instancePath === '/' ? '' : instancePath}`,
    message: message ?? 'does not fit',
  }));
}

function clientErrorStatusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? status : null;
}

function kindOfStatus(status: number): string {
  const kinds: Record<number, string> = {
    401: 'unauthenticated',
    404: 'not-found',
    413: 'too-large',
    415: 'content-type',
    429: 'too-many-attempts',
  };
  return kinds[status] ?? 'bad-input';
}
