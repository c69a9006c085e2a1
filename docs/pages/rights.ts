import { WATCHED_RESOURCES } from '#cluster/cluster-view.ts';
import { PROVIDERS } from '#response/providers/providers.ts';

/** The rights that KubeSecure needs in the cluster, from the code that uses them. */
export function rightsPage(): string {
  const watched = Object.values(WATCHED_RESOURCES).map(({ apiGroup, resource, why }) =>
    row([apiGroup, resource, 'list, watch', why]),
  );
  const written = Object.values(PROVIDERS).flatMap(({ name, rbac }) =>
    rbac.map(({ apiGroup, resource, verbs, why }) => row([apiGroup, resource, verbs.join(', '), `${name}: ${why}`])),
  );
  return [
    '# Rights in the cluster',
    '',
    'Without the rights of the first table attacks are still told, but not named after workloads, and no Ingress is found for',
    'them unless `response.targets` names it. Those of the second are needed to act, and only in the namespaces where it may.',
    '',
    '## To see',
    '',
    ...HEADER,
    ...watched,
    '',
    '## To act',
    '',
    ...HEADER,
    ...written,
    '',
  ].join('\n');
}

const HEADER = ['| API group | resource | verbs | what for |', '| --- | --- | --- | --- |'];

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => (cell === '' ? '(core)' : cell)).join(' | ')} |`;
}
