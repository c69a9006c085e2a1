import { hash, verify } from '@node-rs/argon2';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '#core/clock.ts';
import { KubeSecureError } from '#core/error.ts';
import type { Store, UserRecord } from '#core/store.ts';

export const ADMIN_NAME = 'admin';
const MIN_PASSWORD_LENGTH = 8;
const TOKEN_KEY_SETTING = 'api.token-key';

/** OWASP's argon2id parameters: 19 MiB, two passes, one lane. argon2id is the library's default algorithm. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Without 0, 1, i, l, o: they are misread when typed off a terminal. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/**
 * Makes sure that `admin` can log in. A given password is set, or replaces another one (which ends all sessions);
 * `usage` if it is shorter than 8 characters. Without one, the first start makes a password and returns it, once, for
 * the caller to print: only its hash is kept. Null where there was nothing to make.
 */
export async function ensureAdmin(options: {
  readonly store: Store;
  readonly password: string | null;
  readonly clock: Clock;
}): Promise<{ generatedPassword: string | null }> {
  const { store, password, clock } = options;
  const admin = await store.getUser(ADMIN_NAME);

  if (password !== null) {
    refuseShortPassword(password);
    if (!admin || !(await verify(admin.passwordHash, password))) await savePassword(store, password, clock);
    return { generatedPassword: null };
  }

  if (admin) return { generatedPassword: null };
  const generatedPassword = strongPassword();
  await savePassword(store, generatedPassword, clock);
  return { generatedPassword };
}

/**
 * The user with this name and password, or null. A name nobody has costs the same hash as a wrong password, so the
 * time of the answer does not tell which names exist.
 */
export async function authenticate(store: Store, name: string, password: string): Promise<UserRecord | null> {
  const user = await store.getUser(name);
  const matches = await verify(user?.passwordHash ?? (await hashOfNobody()), password);
  return user && matches ? user : null;
}

/** The 32 bytes that sign tokens: made at the first start, kept in the store's settings from then on. */
export async function loadTokenKey(store: Store): Promise<Buffer> {
  const stored = await store.getSetting(TOKEN_KEY_SETTING);
  if (stored) return Buffer.from(stored, 'hex');

  const key = randomBytes(32);
  await store.putSetting(TOKEN_KEY_SETTING, key.toString('hex'));
  return key;
}

/** Changes with the user's password; a token carries it, so a new password ends the old sessions. */
export function passwordEpochOf(user: UserRecord): string {
  return createHash('sha256').update(user.passwordHash).digest('hex').slice(0, 16);
}

let nobody: Promise<string> | null = null;

function hashOfNobody(): Promise<string> {
  nobody ??= hash(randomBytes(16), ARGON2);
  return nobody;
}

function refuseShortPassword(password: string): void {
  if (password.length >= MIN_PASSWORD_LENGTH) return;
  throw new KubeSecureError(
    'usage',
    `while setting the administrator's password: KUBESECURE_ADMIN_PASSWORD has ${password.length} characters, ` +
      `at least ${MIN_PASSWORD_LENGTH} are needed`,
  );
}

async function savePassword(store: Store, password: string, clock: Clock): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const user = { name: ADMIN_NAME, passwordHash: await hash(password, ARGON2), createdAt: at };
  const audit = {
    at,
    actor: 'start-up',
    action: 'user.password-set',
    subject: `user ${ADMIN_NAME}`,
    decisionId: null,
    detail: '',
  };
  await store.saveUser(user, audit);
}

/** Five groups of four out of 31 letters: 99 bits. */
function strongPassword(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: 5 }, group).join('-');
}
