import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  AuthorizationV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type RbacV1Subject,
  type V1PolicyRule,
} from '@kubernetes/client-node';

import { KubeSecureError } from '#core/error.ts';

import { makeClientCertificate } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';

const GRANT_LIMIT_MS = 10_000;

/** A user by name and what it may do: in one namespace, or in the whole cluster if none is named. */
export type LimitedUser = { user: string; rules: V1PolicyRule[]; namespace?: string };

/**
 * Makes a user who may do only what the rules say and gives the path of its kubeconfig. Names are lower-case letters,
 * digits and dashes; each is to be used once in a testbed. Returns when the API server has taken note of the rules.
 */
export async function kubeconfigFor(
  testbed: { folder: string; api: { url: string; certificateFolder: string }; adminKubeconfig: KubeConfig },
  limited: LimitedUser,
): Promise<string> {
  if (limited.rules.length > 0) await grant(testbed.adminKubeconfig, limited);
  const { url, certificateFolder } = testbed.api;
  const identity = { user: limited.user, groups: [] };
  const credentials = await makeClientCertificate(certificateFolder, `user-${limited.user}`, identity);
  const path = join(testbed.folder, `${limited.user}.kubeconfig`);
  const authority = readFileSync(join(certificateFolder, 'ca.crt'), 'utf8');
  writeKubeconfig(path, { server: url, user: limited.user, authority, ...credentials });
  return path;
}

async function grant(admin: KubeConfig, { user, rules, namespace }: LimitedUser): Promise<void> {
  const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { name: user };
  const subjects: RbacV1Subject[] = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: namespace ? 'Role' : 'ClusterRole', name: user };
  if (namespace === undefined) {
    await rbac.createClusterRole({ body: { metadata, rules } });
    await rbac.createClusterRoleBinding({ body: { metadata, subjects, roleRef } });
  } else {
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, subjects, roleRef } });
  }
  await waitUntilGranted(admin, { user, rules, ...(namespace === undefined ? {} : { namespace }) });
}

// The API server reads roles through a watch, so a rule works a moment after it was stored.
async function waitUntilGranted(admin: KubeConfig, limited: LimitedUser): Promise<void> {
  const question = firstPermission(limited);
  if (question === null) return;
  const authorization = admin.makeApiClient(AuthorizationV1Api);
  const giveUpAtMs = Date.now() + GRANT_LIMIT_MS;
  for (;;) {
    const review = await authorization.createSubjectAccessReview({
      body: { spec: { user: limited.user, resourceAttributes: question } },
    });
    if (review.status?.allowed === true) return;
    if (Date.now() > giveUpAtMs) {
      throw new KubeSecureError('unavailable', `while granting ${limited.user} its rules: they do not come into force`);
    }
    await sleep(50);
  }
}

function firstPermission({ rules, namespace }: LimitedUser): Record<string, string> | null {
  const rule = rules.find(({ resources }) => resources !== undefined && resources.length > 0);
  if (rule === undefined) return null;
  const [resource = '', subresource = ''] = (rule.resources?.[0] ?? '').split('/');
  const [name = ''] = rule.resourceNames ?? [];
  const group = rule.apiGroups?.[0] ?? '';
  return { verb: rule.verbs[0] ?? '', group, resource, subresource, name, namespace: namespace ?? '' };
}
