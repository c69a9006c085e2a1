import { z } from 'zod';

/** Settings of the store. */
export const StoreConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .default('.kubesecure/kubesecure.db')
    .describe('SQLite file; it and its folder are made when missing, readable by their owner only.'),
  retentionDays: z
    .int()
    .min(0)
    .max(3650)
    .default(90)
    .describe(
      'Days after which alerts, ended decisions and delivered notifications are deleted; 0 keeps them for ever. ' +
        'Neither the audit log nor what is still owed to a channel is ever deleted.',
    ),
});
export type StoreConfig = z.infer<typeof StoreConfig>;
