import type { DatabaseSync } from 'node:sqlite';

/**
 * The schema, step by step: entry i leads from version i to i + 1 (`PRAGMA user_version`). A step that was released is
 * never changed. Records are kept whole, as JSON in `body`; the columns beside it are those that queries need.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE alerts (
    id            TEXT PRIMARY KEY,
    status        TEXT NOT NULL,
    family        TEXT NOT NULL,
    severity      TEXT NOT NULL,
    namespace     TEXT,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    saved_at_ms   INTEGER NOT NULL,
    body          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alerts_newest ON alerts (first_seen_ms DESC, id DESC);
  CREATE INDEX alerts_saved ON alerts (saved_at_ms);

  CREATE TABLE decisions (
    id            TEXT PRIMARY KEY,
    state         TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    until_ms      INTEGER NOT NULL,
    saved_at_ms   INTEGER NOT NULL,
    body          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX decisions_newest ON decisions (created_at_ms DESC, id DESC);
  CREATE INDEX decisions_state ON decisions (state);

  CREATE TABLE outbox (
    id                 TEXT PRIMARY KEY,
    channel            TEXT NOT NULL,
    alert_id           TEXT REFERENCES alerts (id),
    decision_id        TEXT REFERENCES decisions (id),
    event              TEXT NOT NULL,
    state              TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'gave-up')),
    attempts           INTEGER NOT NULL,
    created_at_ms      INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL,
    settled_at_ms      INTEGER,
    last_error         TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (created_at_ms) WHERE state = 'pending';
  CREATE INDEX outbox_alert ON outbox (alert_id);
  CREATE INDEX outbox_decision ON outbox (decision_id);

  CREATE TABLE audit (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    body  TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

  CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created_at    TEXT NOT NULL
  ) STRICT;

  CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
];

/** The version of the schema that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version of the schema in the file; 0 for an empty one. */
export function schemaVersionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Runs the steps that are missing. The caller holds the write transaction, so two programs never do it at once. */
export function migrate(db: DatabaseSync): void {
  for (let version = schemaVersionOf(db); version < SCHEMA_VERSION; version++) {
    db.exec(MIGRATIONS[version] ?? '');
  }
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}
