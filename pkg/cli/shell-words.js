// The client's messages are for programs, which give options, and for pages. Here is a shell: a setting is called as it was
// set, and of pages nothing is said.
import { CommandError } from "./failures.js";
import { redactor } from "./redaction.js";

/** Where each stands as the name of an option; those that are ordinary words, only where they are meant as names. */
const NAMES = /\b(?:nextcloudHost|clientId|clientSecret|clientPrivateKey|clientKeyId|clientAssertion|accessToken|discoveryUrl|clientAuthentication|tokenParameters|earlyRefreshSeconds|maxRetries|maxResponseBytes|allowInsecureHttp|timeoutMs)\b|^(?:scope|issuer|username|password)(?= (?:is|must|holds|belongs))|\busername(?= and password\b)|(?<=\busername and )password\b|(?<=\bby )issuer(?= or\b)/g;
/** What a program hands to the client, and the limits of pages. */
const NOT_HERE = /; (?:in a page|with a fetch of your own),[^;]*/g;
const OPTIONS = { allowInsecureHttp: "--insecure-http", timeoutMs: "--timeout" };

/** `nameOf(option)` says how an option is called here; `secrets` the client knows nothing of. Gives a function from an error to its message. */
export function shellWords(nameOf, secrets = []) {
  const redacted = redactor(secrets);
  const put = (text) => text.replace(NOT_HERE, "").replace(NAMES, (option) => OPTIONS[option] ?? nameOf(option));
  /** What others wrote stays as it is: an address with the id of a user, and what a server said. */
  const putAround = (text, [foreign, ...others]) => {
    if (foreign === undefined) return put(text);
    return text.split(foreign).map((part) => putAround(part, others)).join(redacted(foreign));
  };
  return ({ message, cause, route, serverMessage, oauthError, oauthErrorDescription }) =>
    // Of a function that the command gave: it has said what is wrong.
    cause instanceof CommandError ? cause.message : redacted(putAround(message, [route && `${route}: `, serverMessage, oauthErrorDescription, oauthError].filter(Boolean)));
}
