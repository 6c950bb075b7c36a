// What is shown, as a file: the names are those of `npx astrolabe-client status`.
import { fieldSeparator } from "../l10n.js";
import { toCsv } from "./export.js";

const NOT_ASKED = { code: "not_asked", message: "This user was not asked." };

const errorOf = ({ state, error }) => error ?? (state === "waiting" ? NOT_ASKED : null);

const record = ({ userId, status, error }) => ({
  userId,
  hasAccess: status?.hasAccess ?? null,
  credentialType: status?.credentialType ?? null,
  provisionedAt: status?.provisionedAt?.toISOString() ?? null,
  error: error && { code: error.code, message: error.message },
});

const FORMATS = {
  csv: { make: (users) => toCsv(users, fieldSeparator()), type: "text/csv;charset=utf-8" },
  json: { make: (users) => `${JSON.stringify(users.map(record), null, 2)}\n`, type: "application/json" },
};

/** @param {"csv" | "json"} format */
export function download(users, format) {
  const { make, type } = FORMATS[format];
  const link = document.createElement("a");
  const answers = users.map((user) => ({ ...user, error: errorOf(user) }));
  link.href = URL.createObjectURL(new Blob([make(answers)], { type }));
  link.download = `background-access-${new Date().toISOString().slice(0, 10)}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
