import { z } from 'zod';

/** Settings of the way to the Kubernetes API. */
export const ClusterConfig = z.strictObject({
  kubeconfig: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Path of a kubeconfig (KUBECONFIG sets it too); null looks for ~/.kube/config, then for the service account of ' +
        'the pod. Without any there is no cluster and every decision is a dry run.',
    ),
});
export type ClusterConfig = z.infer<typeof ClusterConfig>;
