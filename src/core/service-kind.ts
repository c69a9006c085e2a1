/**
 * What a service port is commonly used for, as far as it changes what is ordinary on it. The number itself would name
 * one cluster's services; the kind carries over to others.
 */
export const SERVICE_KINDS = ['dns', 'web', 'login', 'other'] as const;

const DNS = [53, 853];
const WEB = [80, 81, 443, 591, 3000, 5000, 8000, 8001, 8008, 8080, 8081, 8088, 8443, 8888, 9080, 9443, 10080, 10443];
/** Services that let in whoever knows a password: remote shells, mail, files, directories, databases, queues. */
const LOGIN = [
  [21, 22, 23, 25, 110, 139, 143, 389, 445, 465, 512, 513, 514, 587, 636, 873, 990, 993, 995],
  [1080, 1433, 1521, 1883, 2222, 2375, 2376, 3306, 3389, 4222, 5038, 5060, 5432, 5672, 5900, 5901, 5984, 5985, 5986],
  [6379, 6380, 7687, 8086, 9000, 9042, 9092, 9200, 11211, 15672, 26257, 27017, 27018, 50000],
].flat();

const KIND_OF_PORT = new Uint8Array(65_536).fill(SERVICE_KINDS.indexOf('other'));
for (const port of DNS) KIND_OF_PORT[port] = SERVICE_KINDS.indexOf('dns');
for (const port of WEB) KIND_OF_PORT[port] = SERVICE_KINDS.indexOf('web');
for (const port of LOGIN) KIND_OF_PORT[port] = SERVICE_KINDS.indexOf('login');

/** Index into SERVICE_KINDS of a port, 0 to 65535. */
export function serviceKindIndex(port: number): number {
  return KIND_OF_PORT[port];
}
