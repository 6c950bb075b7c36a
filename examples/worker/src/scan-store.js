// Scans in D1: what is to be asked, and what was answered. Every step may be done twice, and then counts once.

export class ScanStore {
  #db;

  constructor(db) {
    this.#db = db;
  }

  begin(scan) {
    return this.#sql("INSERT INTO scans (scan) VALUES (?1) ON CONFLICT DO NOTHING", scan).run();
  }

  /** The list is tried again; what came of it stands. */
  failListing(scan, errorCode) {
    return this.#sql("UPDATE scans SET error_code = ?2 WHERE scan = ?1 AND NOT listed", scan, errorCode).run();
  }

  /** No more users come; `errorCode` says why not all have. Whichever run is first decides. */
  endListing(scan, errorCode = null) {
    return this.#sql("UPDATE scans SET listed = 1, error_code = ?2 WHERE scan = ?1 AND NOT listed", scan, errorCode).run();
  }

  /** What is known of the reason stays. What was planned and never sent has failed, too. */
  giveUpListing(scan) {
    return this.#db.batch([
      this.#sql(
        `INSERT INTO scans (scan, error_code) VALUES (?1, 'consumer_failed')
         ON CONFLICT DO UPDATE SET error_code = coalesce(error_code, excluded.error_code) WHERE NOT listed`,
        scan,
      ),
      ...this.#giveUp("pages.scan = ?1 AND NOT pages.sent", scan),
    ]);
  }

  async isListed(scan) {
    return (await this.#sql("SELECT 1 FROM scans WHERE scan = ?1 AND listed", scan).first()) !== null;
  }

  /** In pages after those that are there, whoever is in none of them. */
  plan(scan, userIds, usersPerPage) {
    return this.#db.batch([
      this.#sql(
        `INSERT INTO users (scan, user_id, page)
         SELECT ?1, value, (SELECT coalesce(max(page) + 1, 0) FROM users WHERE scan = ?1) + CAST(key / ?3 AS INTEGER)
         FROM json_each(?2) WHERE true
         ON CONFLICT DO NOTHING`,
        scan,
        JSON.stringify(userIds),
        usersPerPage,
      ),
      this.#sql(
        `INSERT INTO pages (scan, page)
         SELECT DISTINCT scan, page FROM users WHERE scan = ?1 AND page > coalesce((SELECT max(page) FROM pages WHERE scan = ?1), -1)
         ON CONFLICT DO NOTHING`,
        scan,
      ),
    ]);
  }

  async unsent(scan) {
    const { results } = await this.#sql("SELECT page FROM pages WHERE scan = ?1 AND NOT sent ORDER BY page", scan).all();
    return results.map(({ page }) => page);
  }

  noteSent(scan, pages) {
    return this.#sql("UPDATE pages SET sent = 1 WHERE scan = ?1 AND page IN (SELECT value FROM json_each(?2))", scan, JSON.stringify(pages)).run();
  }

  /** The users of a page that are still to be asked. */
  async remaining({ scan, page }) {
    const { results } = await this.#sql(
      `SELECT users.user_id AS userId FROM pages JOIN users USING (scan, page) LEFT JOIN statuses USING (scan, user_id)
       WHERE pages.scan = ?1 AND pages.page = ?2 AND NOT pages.done AND (statuses.user_id IS NULL OR statuses.retryable)`,
      scan,
      page,
    ).all();
    return results.map(({ userId }) => userId);
  }

  save({ scan, page }, rows, { done, errorCode = null }) {
    return this.#db.batch([
      this.#saveRows(scan, rows),
      this.#sql("UPDATE pages SET done = ?3, error_code = ?4 WHERE scan = ?1 AND page = ?2 AND NOT done", scan, page, done ? 1 : 0, errorCode),
    ]);
  }

  /** Of users who are in no page, since the server's list has their statuses. */
  saveListed(scan, rows) {
    return this.#saveRows(scan, rows).run();
  }

  /** A status is never replaced by an error: a page that is delivered twice may be asked twice at the same time. */
  #saveRows(scan, rows) {
    const values = rows.map(({ userId, status, error }) => ({ userId, ...status, errorCode: error?.code, retryable: error?.retryable ?? false }));
    return this.#sql(
      `INSERT INTO statuses (scan, user_id, has_access, credential_type, provisioned_at, error_code, retryable)
       SELECT ?1, value ->> 'userId', value ->> 'hasAccess', value ->> 'credentialType', value ->> 'provisionedAt',
         value ->> 'errorCode', value ->> 'retryable'
       FROM json_each(?2) WHERE true
       ON CONFLICT (scan, user_id) DO UPDATE SET has_access = excluded.has_access, credential_type = excluded.credential_type,
         provisioned_at = excluded.provisioned_at, error_code = excluded.error_code, retryable = excluded.retryable
       WHERE statuses.error_code IS NOT NULL`,
      scan,
      JSON.stringify(values),
    );
  }

  giveUp({ scan, page }) {
    return this.#db.batch(this.#giveUp("pages.scan = ?1 AND pages.page = ?2", scan, page));
  }

  /** Whoever is not asked yet has failed; nobody is asked again. */
  #giveUp(which, ...values) {
    return [
      this.#sql(
        `INSERT INTO statuses (scan, user_id, error_code)
         SELECT scan, user_id, coalesce(pages.error_code, 'consumer_failed') FROM pages JOIN users USING (scan, page)
         WHERE ${which} AND NOT pages.done
         ON CONFLICT DO NOTHING`,
        ...values,
      ),
      this.#sql(`UPDATE pages SET done = 1 WHERE ${which}`, ...values),
    ];
  }

  /** How far the last scan has come; `null` where there was none. How many pages there are is not known before the list ends. */
  async latest() {
    const row = await this.#sql(
      `SELECT scan, error_code AS errorCode,
         CASE WHEN listed OR error_code IS NOT NULL THEN (SELECT count(*) FROM pages WHERE pages.scan = scans.scan) END AS pages,
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
