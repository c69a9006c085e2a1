import { z } from 'zod';
import { rangeOf } from '#core/address-range.ts';
import { FAMILIES } from '#core/family.ts';

const DAY_MS = 86_400_000;
/** An exception that nobody looks at again is how attacks get in: once a year somebody has to say it anew. */
const MOST_DAYS_AHEAD = 366;
/** The parts of `namespace/kind/name`; a node has no namespace. */
const WORKLOAD = /^[\w.*-]*\/[\w.*-]+\/[\w.*-]+$/;

/** Whom a rule is about: an address, a range of addresses, or workloads by their names. */
const Whom = z.string().superRefine((text, context) => {
  if (!isRange(text) && !WORKLOAD.test(text)) {
    context.addIssue(
      'expected an IP address, a CIDR range, or a workload as namespace/kind/name, where * stands for any characters',
    );
  } else if (/\/0+$/.test(text) || /^[*/]+$/.test(text)) {
    context.addIssue('this is everybody: leave it out, and say whom or what the rule is about');
  }
});

/** What an operator does not want to be told about, why, and until when. What is given must all hold. */
export const SuppressionRule = z
  .strictObject({
    /** Names the rule in metrics and in the log. */
    name: z.string().regex(/^[\w .-]{1,64}$/, 'expected up to 64 letters, digits, spaces, dots, dashes or underscores'),
    reason: z.string().trim().min(1, 'say why').max(500),
    /** The rule holds before this moment, at most a year ahead. */
    until: z.iso
      .datetime({ offset: true, error: 'expected a date and time with its zone, such as 2030-01-31T12:00:00Z' })
      .refine(
        (until) => Date.parse(until) <= Date.now() + MOST_DAYS_AHEAD * DAY_MS,
        'it lies more than a year ahead: choose an earlier date, and look at the rule again then',
      ),
    family: z.enum(FAMILIES).optional(),
    /** The side that opens the flows. */
    client: Whom.optional(),
    /** The side that is asked. */
    server: Whom.optional(),
    /** The port there. */
    port: z.int().min(1).max(65_535).optional(),
    /** Only verdicts on clients, or on servers. */
    side: z.enum(['client', 'server']).optional(),
  })
  .refine(
    ({ client, server, family }) => client !== undefined || server !== undefined || family !== undefined,
    'give at least one of client, server and family, or everything would be kept silent',
  );
export type SuppressionRule = z.infer<typeof SuppressionRule>;

/** Whether an entity or peer is meant; `workloadOf` is asked only where the rule names workloads. */
export type WhomMatcher = (ip: string, workloadOf: (ip: string) => string | null) => boolean;

/** The matcher of a `client` or `server`; one that is not given is anybody. */
export function whomMatcher(text: string | undefined): WhomMatcher {
  if (text === undefined) return () => true;
  const range = rangeOf(text);
  if (range !== null) return (ip) => range(ip);
  const parts = text.split('*').map((part) => part.replaceAll(/[.\\-]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'i');
  return (ip, workloadOf) => pattern.test(workloadOf(ip) ?? '');
}

function isRange(text: string): boolean {
  return rangeOf(text) !== null;
}
