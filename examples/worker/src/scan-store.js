// Scans in D1: what is to be asked, and what was answered. Every step may be done twice, and then counts once.

/** Keeps a statement's parameter below D1's 2 MB. */
const PAGES_PER_STATEMENT = 100;

export class ScanStore {
  #db;

  constructor(db) {
    this.#db = db;
  }

  begin(scan) {
    return this.#sql("INSERT INTO scans (scan) VALUES (?1) ON CONFLICT DO NOTHING", scan).run();
  }

  failListing(scan, errorCode) {
    const isPlanned = "EXISTS (SELECT 1 FROM pages WHERE pages.scan = ?1)";
    return this.#sql(`UPDATE scans SET error_code = ?2 WHERE scan = ?1 AND NOT ${isPlanned}`, scan, errorCode).run();
  }

  /** What is known of the reason stays. */
  giveUpListing(scan) {
    return this.#sql(
      `INSERT INTO scans (scan, error_code) SELECT ?1, 'consumer_failed' WHERE NOT EXISTS (SELECT 1 FROM pages WHERE pages.scan = ?1)
       ON CONFLICT DO UPDATE SET error_code = coalesce(error_code, excluded.error_code)`,
      scan,
    ).run();
  }

  async isPlanned(scan) {
    return (await this.#sql("SELECT 1 FROM pages WHERE scan = ?1 LIMIT 1", scan).first()) !== null;
  }

  /** All pages at once, or none. */
  plan(scan, pages) {
    const statements = [this.#sql("UPDATE scans SET error_code = NULL WHERE scan = ?1", scan)];
    for (let first = 0; first < pages.length; first += PAGES_PER_STATEMENT) {
      const some = JSON.stringify(pages.slice(first, first + PAGES_PER_STATEMENT));
      const insert = "INSERT OR IGNORE INTO pages (scan, page, user_ids) SELECT ?1, ?2 + key, value FROM json_each(?3)";
      statements.push(this.#sql(insert, scan, first, some));
    }
    return this.#db.batch(statements);
  }

  async unfinished(scan) {
    const { results } = await this.#sql("SELECT page FROM pages WHERE scan = ?1 AND NOT done ORDER BY page", scan).all();
    return results.map(({ page }) => page);
  }

  /** The users of a page that are still to be asked. */
  async remaining({ scan, page }) {
    const { results } = await this.#sql(
      `SELECT id.value AS userId FROM pages, json_each(pages.user_ids) AS id
       LEFT JOIN statuses ON statuses.scan = pages.scan AND statuses.user_id = id.value
       WHERE pages.scan = ?1 AND pages.page = ?2 AND NOT pages.done AND (statuses.user_id IS NULL OR statuses.retryable)`,
      scan,
      page,
    ).all();
    return results.map(({ userId }) => userId);
  }

  /** A status is never replaced by an error: a page that is delivered twice may be asked twice at the same time. */
  save({ scan, page }, rows, { done, errorCode = null }) {
    const values = rows.map(({ userId, status, error }) => ({ userId, ...status, errorCode: error?.code, retryable: error?.retryable ?? false }));
    return this.#db.batch([
      this.#sql(
        `INSERT INTO statuses (scan, user_id, has_access, credential_type, provisioned_at, error_code, retryable)
         SELECT ?1, value ->> 'userId', value ->> 'hasAccess', value ->> 'credentialType', value ->> 'provisionedAt',
           value ->> 'errorCode', value ->> 'retryable'
         FROM json_each(?2) WHERE true
         ON CONFLICT (scan, user_id) DO UPDATE SET has_access = excluded.has_access, credential_type = excluded.credential_type,
           provisioned_at = excluded.provisioned_at, error_code = excluded.error_code, retryable = excluded.retryable
         WHERE statuses.error_code IS NOT NULL`,
        scan,
        JSON.stringify(values),
      ),
      this.#sql("UPDATE pages SET done = ?3, error_code = ?4 WHERE scan = ?1 AND page = ?2 AND NOT done", scan, page, done ? 1 : 0, errorCode),
    ]);
  }

  /** Whoever is not asked yet has failed; nobody is asked again. */
  giveUp({ scan, page }) {
    return this.#db.batch([
      this.#sql(
        `INSERT INTO statuses (scan, user_id, error_code)
         SELECT pages.scan, id.value, coalesce(pages.error_code, 'consumer_failed') FROM pages, json_each(pages.user_ids) AS id
         WHERE pages.scan = ?1 AND pages.page = ?2 AND NOT pages.done
         ON CONFLICT DO NOTHING`,
        scan,
        page,
      ),
      this.#sql("UPDATE pages SET done = 1 WHERE scan = ?1 AND page = ?2", scan, page),
    ]);
  }

  /** How far the last scan has come; `null` where there was none. */
  async latest() {
    const row = await this.#sql(
      `SELECT scan, error_code AS errorCode,
         (SELECT count(*) FROM pages WHERE pages.scan = scans.scan) AS pages,
         (SELECT count(*) FROM pages WHERE pages.scan = scans.scan AND done) AS donePages,
         (SELECT count(*) FROM statuses WHERE statuses.scan = scans.scan) AS users,
         (SELECT count(*) FROM statuses WHERE statuses.scan = scans.scan AND has_access) AS withAccess,
         (SELECT count(*) FROM statuses WHERE statuses.scan = scans.scan AND error_code IS NOT NULL) AS failed
       FROM scans ORDER BY scan DESC LIMIT 1`,
    ).first();
    return row && { ...row, startedAt: new Date(row.scan) };
  }

  #sql(text, ...values) {
    return this.#db.prepare(text).bind(...values);
  }
}
