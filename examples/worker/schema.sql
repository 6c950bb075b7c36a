-- What a scan of all users has found. Run it again at will: it changes nothing that is there.

CREATE TABLE IF NOT EXISTS scans (
  scan INTEGER PRIMARY KEY, -- when it was due, in Unix milliseconds
  listed INTEGER NOT NULL DEFAULT 0, -- whether its list of users is at its end
  error_code TEXT -- why the users could not be listed yet, or not all of them
);

-- Who is asked in one run of the consumer.
CREATE TABLE IF NOT EXISTS pages (
  scan INTEGER NOT NULL,
  page INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0, -- whether the Queue has it
  done INTEGER NOT NULL DEFAULT 0,
  error_code TEXT, -- what ended the last run of this page for all its users
  PRIMARY KEY (scan, page)
) WITHOUT ROWID;

-- Each once, however often the server lists them.
CREATE TABLE IF NOT EXISTS users (
  scan INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  page INTEGER NOT NULL,
  PRIMARY KEY (scan, user_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS users_of_page ON users (scan, page);

CREATE TABLE IF NOT EXISTS statuses (
  scan INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  has_access INTEGER, -- 1 or 0; NULL with an error_code
  credential_type TEXT,
  provisioned_at TEXT, -- ISO 8601
  error_code TEXT,
  retryable INTEGER NOT NULL DEFAULT 0, -- whether the user is asked again when the page is
  PRIMARY KEY (scan, user_id)
) WITHOUT ROWID;
