import type { Random } from '../../random.ts';

/** How secrets are written into names. */
export interface NameShape {
  /** The zone that the attacker's name server answers for. */
  readonly zone: string;
  readonly alphabet: 'hex' | 'base32' | 'base64';
  /** Letters of secret in one name; split into labels of at most `labelLetters`. */
  readonly letters: number;
  readonly labelLetters: number;
}

const ALPHABETS: Record<NameShape['alphabet'], string> = {
  hex: '0123456789abcdef',
  base32: 'abcdefghijklmnopqrstuvwxyz234567',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
};

/** The name that carries piece `index`: secret, number of the piece, zone. */
export function drawSecretName(random: Random, shape: NameShape, index: number): string {
  const alphabet = ALPHABETS[shape.alphabet];
  const secret = Array.from({ length: shape.letters }, () => alphabet[random.integer(0, alphabet.length - 1)]).join('');
  const labels: string[] = [];
  for (let at = 0; at < secret.length; at += shape.labelLetters) labels.push(secret.slice(at, at + shape.labelLetters));
  return [...labels, String(index), shape.zone].join('.');
}
