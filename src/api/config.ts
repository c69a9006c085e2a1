import { z } from 'zod';

const Duration = z.string().regex(/^(?:\d+(?:ms|s|m|h|d))+$/, 'expected a duration such as 90s, 10m or 1h30m');

/** Settings of the HTTP server. */
export const ApiConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; loopback unless told otherwise.'),
  port: z.int().min(0).max(65535).default(8080).describe('TCP port to listen on; 0 takes a free one.'),
  tokenTtl: Duration.default('8h').describe('How long a login lasts, as a duration.'),
  corsOrigins: z
    .array(z.url({ protocol: /^https?$/ }))
    .default([])
    .describe('Origins of other sites whose pages may call the API; none by default.'),
  trustedProxies: z
    .array(z.string().min(1))
    .default([])
    .describe('Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed; none by default.'),
  loginAttemptsPerMinute: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('Logins tried from one client address in a minute before it is told to wait.'),
  lockoutAfterFailures: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Wrong passwords in a row, for one account from one client address, before it is locked out.'),
  lockoutDuration: Duration.default('10m').describe('How long such a lock-out lasts, as a duration.'),
});
export type ApiConfig = z.infer<typeof ApiConfig>;
