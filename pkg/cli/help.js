// Everything that --help says. Lines are at most 80 long.

const GENERAL = `Usage: astrolabe-client COMMAND [OPTION]...

Asks a Nextcloud with the Astrolabe app who has given background services
access to their files.

Commands:
  login [ADDRESS]    logs in to this Nextcloud in a browser, on any machine, and
                     keeps the login for the other commands
  logout             makes that login invalid, and deletes it here
  diagnose           what is set up, what is missing, and what to do
  status USER...     whether background services have access to the files of
                     these users, by what kind of credential, since when
  status -           the same, of the users whose ids come on standard input,
                     one a line, in UTF-8
  status --all       the same, of all users
  users              the ids of all users
  provision USER...  gives background services access to the files of these
                     users
  deprovision USER...
                     takes it from them
  self-provisioning on|off
                     whether users may give access by themselves
  capabilities       what a service may index for the account that asks
  help [COMMAND]     this; or what a command gives, and examples

Options:
  --ids FILE         in place of USER...: ids from FILE, one a line, in UTF-8;
                     - in place of USER... takes them from standard input
  --yes              with what changes something: do it without asking
  --print            with 'login': print the login, and keep it nowhere
  --search TEXT      with 'status --all' and 'users': only those whose id or
                     name Nextcloud finds with TEXT
  --concurrency N    how many users to ask about at a time at most (1 to 1000;
                     default 8). Fewer while the server is busy
  --timeout SECONDS  limit of each request, its tries and waits together, such
                     as 0.5 (default 10)
  --format FORMAT    table, ndjson, json or csv, as below (default: table on a
                     terminal, ndjson elsewhere)
  --config FILE      see below
  --insecure-http    allow the login to go over plain http to another machine,
                     where anyone on the way can read it
  -q, --quiet        no progress bar, no summary; errors are still reported
  -h, --help         this
  --version          the version of astrolabe-client
  --                 what follows is a user id, even if it begins with a dash

Server and login:
'login' keeps them in $XDG_CONFIG_HOME/astrolabe-client/login.json, or in
~/.config/astrolabe-client/login.json (on Windows in %APPDATA%), for you alone.
That counts where nothing else is said about the login, and for its server only.
Else they come from the environment or a file, never from arguments, which
others on the machine can see. The server, and one way to log in as an
administrator:
  NEXTCLOUD_HOST                 such as https://cloud.example.com
  NEXTCLOUD_OIDC_CLIENT_ID       OAuth client-credentials grant, with
  NEXTCLOUD_OIDC_CLIENT_SECRET     this secret
  NEXTCLOUD_OIDC_PRIVATE_KEY       or this key, as PEM text or as a JWK,
  NEXTCLOUD_OIDC_KEY_ID              under this name at the provider
  NEXTCLOUD_OIDC_CLIENT_ASSERTION  or this assertion, signed by somebody else;
                                   a file of it is read for each token request
  NEXTCLOUD_OIDC_ISSUER            at this identity provider, if it is not the
  NEXTCLOUD_OIDC_DISCOVERY_URL     Nextcloud; or at the one with this metadata
  NEXTCLOUD_OIDC_SCOPE             for another scope than openid
  NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION
                                   post or basic, if it is not found out
  NEXTCLOUD_OIDC_TOKEN_PARAMETERS  more for the token request: audience=x&a=b
  NEXTCLOUD_OIDC_EARLY_REFRESH_SECONDS
                                   how long before its end a token is old (60)
  NEXTCLOUD_ACCESS_TOKEN         a token; an administrator's app password is one
  NEXTCLOUD_USERNAME             a name, with its password or app password in
  NEXTCLOUD_PASSWORD               this
And besides:
  NEXTCLOUD_HEADERS              headers for a proxy before the Nextcloud, as
                                 JSON: {"CF-Access-Client-Id": "..."}
  NEXTCLOUD_MAX_RETRIES          how many more tries a request has (2)
  NEXTCLOUD_MAX_RESPONSE_BYTES   the most of an answer that is read (262144)
  ASTROLABE_CONFIG               a file, as by --config
Each NEXTCLOUD variable can name a file that holds its value, as secrets are
mounted, with _FILE after its name: NEXTCLOUD_PASSWORD_FILE. The end of the
line is not part of the value. Nobody but its owner may be able to write it.
An empty variable counts as none, but for the scope, which can be empty. Values
in quotation marks, or with a line break or with a blank at an end are refused;
the key may have lines.
The file of --config holds one JSON object with the options of AstrolabeClient:
  {"nextcloudHost": "https://cloud.example.com", "accessToken": "..."}
and "headers", if there are any.
It must be yours or root's, and nobody but its owner may be able to write it.
With a secret in it, only its owner and group may read it (chmod 600). A
variable that is set takes the place of the option in the file.
HTTPS_PROXY, HTTP_PROXY and NO_PROXY count with NODE_USE_ENV_PROXY=1, in Node.js
22.21, 24.0 or later.

Formats:
  table    for people. On a terminal it is as wide as that, and what is longer
           is cut. Rows come as they are answered, in widths that fit the first
  ndjson   one JSON object a line
  json     one JSON array; complete JSON, too, when it was interrupted
  csv      RFC 4180, UTF-8, with a header, each field in quotation marks. A text
           that begins with = + - @ ' or a blank, or that looks like a number, a
           date, money or TRUE, gets a ' before it, so that no spreadsheet takes
           it for something else. A program takes one leading ' away
What a terminal would obey (control characters, changes of direction) is written
like \\u001b. In ndjson and json that changes no value: a program has each as it
was. In csv and table it is text.
Times are ISO 8601, in UTC.

Exit codes:
  0    all is well
  1    some users failed (their rows say why), or a check of diagnose did. Where
       all users failed for one kind of reason, it is the code of that reason
  2    wrong usage or configuration: arguments, settings, a user id that cannot
       be one or is nobody's, another identity provider, Astrolabe not installed
       or too old for it, no terminal for 'login' or a question
  3    login or permission refused; nobody agreed to a 'login'
  4    server unreachable, in maintenance, too busy or failing, or too slow for
       --timeout: try again later
  5    anything else: an answer that makes no sense, output that cannot be
       written
  130  interrupted (Ctrl-C, SIGINT), or a question was not answered with yes;
       what was there by then has been written
  143  the same, by SIGTERM
  141  whoever read the output went away, as 'head' does; nothing is reported
Errors go to standard error as a sentence with a [code]; docs/reference.md in
the repository lists them.
`;

const aboutChanges = (command) => `Asks first on a terminal; elsewhere, and with -, it wants --yes. One record for
each user, in the order of the ids, each id once:
  userId          the id
  outcome         done; failed: the server has refused it; unknown: there was no
                  answer that says whether it was done, so look with 'status';
                  not_attempted: it ended before
  partialSuccess  true if it was stored, and not handed on; else false or null
  message         what the server said, or null
  error           null, or an object as that of 'status'
An id that is nobody's or cannot be one is passed over. Any other failure ends
it, and so does Ctrl-C, when the change that is under way has come to its end.

Examples:
  astrolabe-client ${command} alice bob
  astrolabe-client ${command} --ids people.txt
  astrolabe-client ${command} - --yes --format csv <people.txt >report.csv
`;

const TOPICS = {
  login: `Usage: astrolabe-client login [OPTION]... [ADDRESS]

Shows the address of a page of Nextcloud's, and opens it where there is a
browser. Any browser on any machine will do, so it works over ssh, too (ssh -t).
Agree there, as an administrator if the other commands are to ask about others:
Nextcloud makes an app password for this machine, which is kept with the server
and the name, until 'logout', in
  $XDG_CONFIG_HOME/astrolabe-client/login.json
or ~/.config/astrolabe-client/login.json, or on Windows in
%APPDATA%\\astrolabe-client\\login.json; or in the file that --config names, which
the other commands then need, too. Only you can read it. ADDRESS is that of the
Nextcloud; without it, NEXTCLOUD_HOST. Ctrl-C gives up; after 20 minutes it ends
by itself. It needs a terminal.

With --print the login is printed and kept nowhere: as lines for a shell, or in
the format of --format. One record:
  nextcloudHost   the server
  username        the account
  file            where it is kept; null with --print
  password        the app password; null without --print

Examples:
  astrolabe-client login https://cloud.example.com
  astrolabe-client login --config ~/work.json https://work.example.com
`,
  logout: `Usage: astrolabe-client logout [OPTION]...

Deletes the app password at the server, then the file that 'login' has made, or
the one of --config. Where the server cannot be reached, the file goes all the
same, and you are told to delete the app password in the settings there. One
record for each step:
  step      app_password, file
  isDone    true or false
  message   what was done, or why not

Examples:
  astrolabe-client logout
`,
  diagnose: `Usage: astrolabe-client diagnose [OPTION]...

Looks at the server, the identity provider, the login and the app. One record
for each check:
  name      server, version, maintenance, clock, discovery, grant, token,
            url_rewriting, astrolabe, login or admin
  passed    true, false, or null: not looked at
  seen      what was seen, in words
  toDo      what to do, or null
Exit code 1 if a check failed.

Examples:
  astrolabe-client diagnose
  astrolabe-client diagnose --config /etc/astrolabe.json --format json
`,
  status: `Usage: astrolabe-client status [OPTION]... USER...
       astrolabe-client status [OPTION]... -
       astrolabe-client status [OPTION]... --ids FILE
       astrolabe-client status [OPTION]... --all [--search TEXT]

All users come in one answer where the server lists them with their access, and
are asked about one by one elsewhere. One record
for each user, in the order in which the answers come:
  userId          the id
  hasAccess       true or false; null if that failed
  credentialType  the kind of credential, such as "app_password", or null
  provisionedAt   since when, or null
  error           null, or an object with code, message, status, retryable,
                  retryAfterMs and cause, such as "ECONNREFUSED"; in CSV
                  errorCode and errorMessage
A user that does not exist counts as one without access. What concerns all
users, such as a refused login, ends it at once; so do 20 users in a row (or
twice --concurrency, if that is more) without an answer from the server.

Examples:
  astrolabe-client status alice bob
  astrolabe-client status --all --concurrency 32 --format csv > statuses.csv
  astrolabe-client status --all --quiet | jq -r 'select(.hasAccess).userId'
  cut -d: -f1 people.txt | astrolabe-client status -
`,
  provision: `Usage: astrolabe-client provision [OPTION]... USER...
       astrolabe-client provision [OPTION]... -
       astrolabe-client provision [OPTION]... --ids FILE

Nextcloud makes an app password for each of these users and stores it, so that
background services have access to their files. Each time makes one more, so it
is sent once for each user and never tried again. Astrolabe 0.16 and later.
${aboutChanges("provision")}`,
  deprovision: `Usage: astrolabe-client deprovision [OPTION]... USER...
       astrolabe-client deprovision [OPTION]... -
       astrolabe-client deprovision [OPTION]... --ids FILE

Takes from background services the access to the files of these users, and makes
the app passwords for that invalid. It is done, too, where there was no access
or no such user. Astrolabe 0.16 and later.
${aboutChanges("deprovision")}`,
  "self-provisioning": `Usage: astrolabe-client self-provisioning [OPTION]... on|off

Whether users may give background services access to their files by themselves.
Access that was given stays. Asks first on a terminal; elsewhere it wants --yes.
Astrolabe 0.16 and later. One record:
  selfProvisioningAllowed   true or false

Examples:
  astrolabe-client self-provisioning off
  astrolabe-client self-provisioning on --yes
`,
  capabilities: `Usage: astrolabe-client capabilities [OPTION]...

What a service may index for the account of the login. One record for each app
that this account has:
  app               its name, such as files
  isEnabled         whether administrators have approved it
  docTypes          its kinds of documents; in CSV with blanks between them
  enabledDocTypes   those of them that may be indexed
Kinds that may be indexed and belong to none of these have a record with the app
null. Astrolabe 0.16 and later.

Examples:
  astrolabe-client capabilities
`,
  users: `Usage: astrolabe-client users [OPTION]... [--search TEXT]

One record for each user, with its userId.

Examples:
  astrolabe-client users --search smith
  astrolabe-client users | jq -r .userId
`,
};

/** About one command, or everything. */
export const help = (topic) => (topic in TOPICS ? `${TOPICS[topic]}\nOptions, server and login, formats and exit codes: astrolabe-client --help\n` : GENERAL);
