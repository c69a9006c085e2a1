/** Our name as a field manager of the Kubernetes API: everything we write on an object carries it. */
export const FIELD_MANAGER = 'kubesecure';
