import { z } from 'zod';

const HttpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });

/** Settings of notification. A URL lets its holder post in our name: it is a secret. */
export const NotifyConfig = z.strictObject({
  slack: z
    .strictObject({
      webhookUrl: HttpUrl.nullable()
        .default(null)
        .describe('URL of a Slack incoming webhook; null sends nothing there.'),
    })
    .prefault({}),
  webhook: z
    .strictObject({
      url: HttpUrl.nullable().default(null).describe('URL that gets a JSON document by POST; null sends nothing.'),
    })
    .prefault({}),
  timeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('How long a channel may take to answer, milliseconds; after that the message is sent again later.'),
  firstRetryMs: z
    .int()
    .min(10)
    .max(60_000)
    .default(1000)
    .describe('Pause after a first failure, milliseconds; each further one doubles it.'),
  maxRetryMs: z.int().min(10).max(86_400_000).default(300_000).describe('Longest such pause, milliseconds.'),
  giveUpAfterDays: z
    .number()
    .positive()
    .max(365)
    .default(7)
    .describe('A message that could not be delivered for this many days is given up, with an error in the log.'),
});
export type NotifyConfig = z.infer<typeof NotifyConfig>;
