import { expect, test } from 'vitest';
import { Pod } from './resources.ts';
import { ownerOfPod } from './workload.ts';

function pod(changes: object, owner?: { kind: string; name: string }, labels: Record<string, string> = {}): Pod {
  const ownerReferences = owner === undefined ? [] : [{ ...owner, controller: true }];
  return Pod.parse({
    metadata: { name: 'web-1', namespace: 'shop', labels, ownerReferences },
    status: { phase: 'Running', podIPs: [{ ip: '10.1.0.7' }] },
    ...changes,
  });
}

test.each([
  ['a Deployment', { kind: 'ReplicaSet', name: 'web-7d9f' }, { 'pod-template-hash': '7d9f' }, 'shop/deployment/web'],
  ['a ReplicaSet of its own', { kind: 'ReplicaSet', name: 'web' }, {}, 'shop/replicaset/web'],
  ['a StatefulSet', { kind: 'StatefulSet', name: 'db' }, {}, 'shop/statefulset/db'],
  ['nobody', undefined, {}, 'shop/pod/web-1'],
])('a pod of %s is named after it', (_what, owner, labels, workload) => {
  expect(ownerOfPod(pod({}, owner, labels))).toEqual({ workload, ips: ['10.1.0.7'] });
});

test('a pod has no address of its own on the host network or after its end', () => {
  expect(ownerOfPod(pod({ spec: { hostNetwork: true } }))).toBeNull();
  expect(ownerOfPod(pod({ status: { phase: 'Succeeded', podIPs: [{ ip: '10.1.0.7' }] } }))).toBeNull();
  expect(ownerOfPod(pod({ status: {} }))?.ips).toEqual([]);
});
