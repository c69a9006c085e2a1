import { z } from 'zod';
import type { Store } from '#core/store.ts';
import type { Database } from './database.ts';
import type { AuditLog } from './sqlite-audit.ts';

const UserRow = z.object({ name: z.string(), passwordHash: z.string().min(1), createdAt: z.iso.datetime() });

type AccountStore = Pick<Store, 'getUser' | 'countUsers' | 'saveUser' | 'getSetting' | 'putSetting'>;

/** The part of the store that keeps people's accounts and the installation's own values. */
export function createAccountStore(database: Database, audit: AuditLog): AccountStore {
  const { sqlite } = database;
  const user = sqlite.prepare(
    'SELECT name, password_hash AS passwordHash, created_at AS createdAt FROM users WHERE name = :name',
  );
  const users = sqlite.prepare('SELECT count(*) AS n FROM users');
  const upsertUser = sqlite.prepare(`
    INSERT INTO users (name, password_hash, created_at) VALUES (:name, :passwordHash, :createdAt)
    ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, created_at = excluded.created_at`);
  const setting = sqlite.prepare('SELECT value FROM settings WHERE key = :key');
  const upsertSetting = sqlite.prepare(`
    INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);

  return {
    getUser: (name) =>
      database.read(`reading user ${name}`, () => {
        const row = user.get({ name });
        return row === undefined ? null : UserRow.parse(row);
      }),
    countUsers: () => database.read('counting users', () => Number(users.get()?.['n'])),
    saveUser: (record, entry) =>
      database.write(`saving user ${record.name}`, () => {
        upsertUser.run({ name: record.name, passwordHash: record.passwordHash, createdAt: record.createdAt });
        audit.add([entry]);
      }),

    getSetting: (key) =>
      database.read(`reading setting ${key}`, () => {
        const row = setting.get({ key });
        return row === undefined ? null : String(row['value']);
      }),
    putSetting: (key, value) =>
      database.write(`saving setting ${key}`, () => {
        upsertSetting.run({ key, value });
      }),
  };
}
