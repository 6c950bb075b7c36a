// The page's language: English texts in the code, their translations in l10n/. Nextcloud's own library, as its apps use it.
import { register, setLanguage, setLocale, translate, translatePlural } from "@nextcloud/l10n";
import de from "./l10n/de.js";

const APP = "astrolabe-dashboard";
const TRANSLATIONS = { de };

// Vue escapes whatever it shows.
const AS_IT_IS = { escape: false, sanitize: false };

let locale = "en";

/** From the first of the browser's languages that there is: English or German. Numbers and dates follow its region. */
export function setUpLanguage() {
  locale = navigator.languages.find((tag) => /^(en|de)\b/i.test(tag)) ?? "en";
  const language = locale.slice(0, 2).toLowerCase();
  setLanguage(language);
  setLocale(locale.replace("-", "_"));
  document.documentElement.lang = language;
  if (TRANSLATIONS[language]) register(APP, TRANSLATIONS[language]);
  document.title = t("Astrolabe: who has given access");
}

/** Whether the texts of the client, which are English, are in the page's language. */
export const isEnglish = () => document.documentElement.lang === "en";

/** The text in the page's language, with `{name}` in it replaced by `values.name`. */
export const t = (text, values = {}) => translate(APP, text, values, AS_IT_IS);

/** `n("%n user", "%n users", 3)`; the number is written as is usual in this language. */
export const n = (one, many, count, values = {}) => translatePlural(APP, one, many, count, values, AS_IT_IS).replaceAll(String(count), formatNumber(count));

export const formatNumber = (number) => new Intl.NumberFormat(locale).format(number);
export const formatPercent = (share) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share);
export const formatDate = (date) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(date);
export const formatDateTime = (date) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" }).format(date);
export const formatDay = (date) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(date);
export const formatMonth = (date) => new Intl.DateTimeFormat(locale, { month: "short", year: "numeric" }).format(date);

/** How this language orders names: "user10" after "user9". */
export const collate = (one, other) => collator().compare(one, other);
let made;
const collator = () => (made ??= new Intl.Collator(locale, { numeric: true }));

/**
 * What a spreadsheet takes for the end of a field where this browser is at home: a semicolon where the comma is the
 * decimal sign, and in Switzerland.
 */
export const fieldSeparator = () => (/-CH\b/.test(navigator.language) || new Intl.NumberFormat(navigator.language).format(1.5).includes(",") ? ";" : ",");
