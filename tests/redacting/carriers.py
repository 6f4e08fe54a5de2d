"""How secrets and personal data stand in what people save: the texts around them, each with one hole."""

from __future__ import annotations

HOLE = "⟦⟧"

BARE: dict[str, str] = {
    "log line": f"2031-04-02T12:00:07.114Z WARN [mailer] job 4417 refused for {HOLE}, retry 2 of 5",
    "brackets": f"[2031-04-02 12:00:07] ERROR (mailer) [{HOLE}] refused",
    "JSON": f'{{"level":"warn","value":"{HOLE}","attempt":2}}',
    "JSON in JSON": f'{{"body":"{{\\"value\\":\\"{HOLE}\\"}}"}}',
    "list": f"['a', '{HOLE}', 'b']",
    "row of a dump": f"INSERT INTO rows VALUES(17,'{HOLE}','open',NULL);",
    "table": f"| 17 | {HOLE} | open |",
    "CSV": f"17,{HOLE},open,2031-04-02",
    "query of an address": f"GET /api/find?q={HOLE}&page=2 200",
    "markup": f"<td>{HOLE}</td>",
    "end of a sentence": f"We have met this before: {HOLE}.",
}
"""For what is known by its shape wherever it stands."""

FILES: dict[str, str] = {
    "file, whole name": f"{HOLE}.log",
    "file, after a name": f"export-{HOLE}.csv",
    "file, between underscores": f"dump_{HOLE}_final.json",
    "folder": f"users/{HOLE}/app.log",
}
"""Names of files."""

PASSWORDS: dict[str, str] = {
    "key and value": f"login with password={HOLE} refused",
    "key and value, quoted": f"password='{HOLE}' refused",
    "YAML": f"  password: {HOLE}",
    "JSON": f'{{"user_role": "admin", "password": "{HOLE}"}}',
    "JSON in JSON": f'{{"body":"{{\\"password\\":\\"{HOLE}\\"}}"}}',
    "Python": f"{{'password': '{HOLE}'}}",
    "JavaScript": f"{{ password: '{HOLE}' }}",
    "environment": f"export DB_PASSWORD={HOLE}",
    "camel case": f"spring.datasource: dbPassword={HOLE}",
    "camel case, JSON": f'{{"adminPassword":"{HOLE}"}}',
    "new password": f'{{"newPassword":"{HOLE}"}}',
    "short name": f"auth pass={HOLE} rejected",
    "pwd of a connection": f"Server=db;Pwd={HOLE};Timeout=30",
    "address": f"connect postgres://app:{HOLE}@db:5432/shop failed",
    "address without a name": f"redis://:{HOLE}@cache:6379/0",
    "query of an address": f"POST /login?password={HOLE}&next=%2F 401",
    "markup": f"<password>{HOLE}</password>",
    "option": f"backup --password {HOLE} --verbose",
    "option with =": f"backup --password={HOLE} --verbose",
    "mysql -p": f"mysql -h db -p{HOLE} shop",
    "curl -u": f"curl -u admin:{HOLE} https://shop.example/api",
    "sshpass": f"sshpass -p {HOLE} ssh db",
    "redis-cli": f"redis-cli -h cache -a {HOLE} info",
    "PGPASSWORD": f"PGPASSWORD={HOLE} psql shop",
    "SQL": f"CREATE USER app IDENTIFIED BY '{HOLE}'",
    "SQL, altered": f"ALTER ROLE app WITH PASSWORD '{HOLE}'",
    "sentence": f"the password is {HOLE} for now",
    "German": f"Passwort: {HOLE}",
    "Norwegian": f"passord={HOLE}",
    "nginx": f"proxy_set_header X-Password {HOLE};",
}
"""For passwords."""

OPAQUE: dict[str, str] = {
    "token": f"refused token={HOLE} again",
    "JSON": f'{{"token":"{HOLE}"}}',
    "access token": f'{{"accessToken":"{HOLE}"}}',
    "refresh token": f"refresh_token={HOLE}",
    "id token": f"id_token={HOLE}&state=1",
    "API key": f"api_key={HOLE}",
    "API key, camel case": f'{{"apiKey": "{HOLE}"}}',
    "client secret": f"clientSecret: {HOLE}",
    "Amazon's secret": f"aws_secret_access_key = {HOLE}",
    "Azure": f"AccountName=shop;AccountKey={HOLE};EndpointSuffix=core",
    "signed address": f"GET /blob?sp=r&sig={HOLE} 403",
    "Amazon's signature": f"GET /o?X-Amz-Signature={HOLE} 403",
    "bearer": f"Authorization: Bearer {HOLE}",
    "bearer, JSON": f'{{"headers":{{"authorization":"Bearer {HOLE}"}}}}',
    "other scheme": f"Authorization: token {HOLE}",
    "no scheme": f"authorization: {HOLE}",
    "key header": f"X-Api-Key: {HOLE}",
    "auth header": f"x-auth-token: {HOLE}",
    "curl": f"curl -H 'X-Auth-Token: {HOLE}' https://shop.example",
    "CSRF": f"csrf_token={HOLE}",
    "CSRF header": f"X-CSRF-Token: {HOLE}",
    "session id": f"closed sessionid={HOLE} after 30 s",
    "session id, camel case": f'{{"sessionId":"{HOLE}"}}',
    "session, Java": f"JSESSIONID={HOLE}; Path=/",
    "session, PHP": f"PHPSESSID={HOLE}",
    "session, sentence": f"session {HOLE} expired",
    "cookie": f"Cookie: sid={HOLE}",
    "cookie set": f"Set-Cookie: auth={HOLE}; Path=/; HttpOnly",
    "cookie, JSON": f'{{"cookie":"auth={HOLE}"}}',
    "webhook": f"POST https://hooks.slack.com/services/{HOLE} 200",
    "reset link": f"GET /reset/confirm?code={HOLE} 200",
    "one-time code": f"otp={HOLE}",
    "option": f"deploy --token {HOLE} --yes",
    "environment": f"GITHUB_TOKEN={HOLE}",
    "encryption key": f"ENCRYPTION_KEY={HOLE}",
    "signing key": f"signingKey: {HOLE}",
    "DSN": f"dsn=https://{HOLE}@errors.example/42",
    "YAML": f"  secret: {HOLE}",
}
"""For ids that let somebody in and have no shape of their own."""

USERS: dict[str, str] = {
    "key": f"user={HOLE} action=login",
    "key, YAML": f"username: {HOLE}",
    "JSON": f'{{"user":"{HOLE}","ok":false}}',
    "JSON, user name": f'{{"userName":"{HOLE}"}}',
    "JSON in JSON": f'{{"b":"{{\\"username\\":\\"{HOLE}\\"}}"}}',
    "login": f"login={HOLE} result=denied",
    "sshd failed": f"sshd[71]: Failed password for {HOLE} from 203.0.113.9 port 5 ssh2",
    "sshd invalid": f"sshd[71]: Invalid user {HOLE} from 203.0.113.9 port 5",
    "sshd failed invalid": f"sshd[71]: Failed password for invalid user {HOLE} from 203.0.113.9 port 5 ssh2",
    "sshd accepted": f"sshd[71]: Accepted publickey for {HOLE} from 203.0.113.9 port 5 ssh2",
    "sshd closed": f"sshd[71]: Connection closed by authenticating user {HOLE} 203.0.113.9 port 5 [preauth]",
    "sshd closed invalid": f"sshd[71]: Connection closed by invalid user {HOLE} 203.0.113.9 port 5 [preauth]",
    "sshd disconnected": f"sshd[71]: Disconnected from user {HOLE} 203.0.113.9 port 5",
    "sshd limit": f"sshd[71]: error: maximum authentication attempts exceeded for {HOLE} from 203.0.113.9 port 5 ssh2",
    "sshd not allowed": f"sshd[71]: User {HOLE} from 203.0.113.9 not allowed because not listed in AllowUsers",
    "PAM opened": f"sshd[71]: pam_unix(sshd:session): session opened for user {HOLE}(uid=1000) by (uid=0)",
    "PAM failed": f"sshd[71]: pam_unix(sshd:auth): authentication failure; logname= ruser= rhost=203.0.113.9 user={HOLE}",
    "logind": f"systemd-logind[612]: New session 4 of user {HOLE}.",
    "sudo": f"sudo:   {HOLE} : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/id",
    "su": f"su: (to root) {HOLE} on pts/1",
    "su failed": f"su: FAILED SU (to root) {HOLE} on pts/1",
    "cron": f"CRON[902]: ({HOLE}) CMD (/usr/local/bin/report)",
    "useradd": f"useradd[88]: new user: name={HOLE}, UID=1002, GID=1002, home=/srv/x, shell=/bin/bash",
    "home folder": f"cannot open /home/{HOLE}/.ssh/config",
    "home folder, Mac": f"at /Users/{HOLE}/src/app.js:10:3",
    "home folder, Windows": f"C:\\Users\\{HOLE}\\app.log is locked",
    "PostgreSQL": f'FATAL:  password authentication failed for user "{HOLE}"',
    "PostgreSQL role": f'FATAL:  role "{HOLE}" does not exist',
    "PostgreSQL connection": f"connection authorized: user={HOLE} database=shop application_name=psql",
    "MySQL": f"Access denied for user '{HOLE}'@'203.0.113.9' (using password: YES)",
    "web log": f'192.0.2.1 - {HOLE} [02/Apr/2031:12:00:00 +0000] "GET / HTTP/1.1" 401 12',
    "web log, failed": f'user "{HOLE}": password mismatch, client: 203.0.113.9',
    "sentence, logged in": f"User {HOLE} logged in from web-1",
    "sentence, login failed": f"Login failed for user {HOLE}",
    "sentence, failed login": f"failed login attempt for {HOLE} (3 of 5)",
    "sentence, locked": f"account {HOLE} locked after 5 attempts",
    "shell prompt": f"{HOLE}@web-1:~$ df -h",
    "ssh": f"ssh {HOLE}@web-1 uptime",
    "Kerberos": f"preauth failed for principal {HOLE}@EXAMPLE",
    "hydra": f"[22][ssh] host: 203.0.113.9   login: {HOLE}   password: [secret]",
    "ls": f"-rw-r--r-- 1 {HOLE} staff 4096 Apr  2 12:00 dump.sql",
    "ps": f"{HOLE}  2211  0.3  1.2 7342 2200 ?  Ssl  12:00  0:02 python app.py",
    "who": f"{HOLE}  pts/0  2031-04-02 12:00 (203.0.113.9)",
    "chat mention": f"@{HOLE} can you look?",
}
"""For the names of accounts."""

NAMES: dict[str, str] = {
    "JSON": f'{{"fullName":"{HOLE}"}}',
    "JSON, display": f'{{"display_name":"{HOLE}"}}',
    "JSON, real": f'{{"real_name": "{HOLE}"}}',
    "customer": f"customer_name={HOLE}; order 7",
    "mail header": f"From: {HOLE} <mail-1>",
    "git author": f"Author: {HOLE} <mail-1>",
    "signed off": f"Signed-off-by: {HOLE} <mail-1>",
    "reviewed": f"Reviewed-by: {HOLE}",
    "prose": f"then {HOLE} restarted it",
}
"""For names of persons that no note and no list of the evidence tells."""

KNOWN_NAMES: dict[str, str] = {
    "prose": f"then {HOLE} restarted it",
    "thanks": f"thanks {HOLE}!",
    "possessive": f"{HOLE}'s shell hung for a minute",
    "list": f"with {HOLE}, and two others of the quay",
    "quoted": f"“{HOLE} is on it”",
    "brackets": f"found by support ({HOLE})",
    "chat": f"{HOLE}: looking, give me a minute",
    "mention": f"@{HOLE} can you look?",
    "JSON": f'{{"text":"asked {HOLE} to look","kind":"note"}}',
    "Markdown": f"- **{HOLE}** failed over the database",
    "end of a sentence": f"The lock was found by {HOLE}.",
    "line of a log": f"2031-04-02T12:00:07Z INFO [ops] deploy approved by {HOLE}, 2 of 2",
}
"""For names of persons that the evidence states elsewhere, in a place made for names."""

KEYED_PHONES: dict[str, str] = {
    "key": f"phone={HOLE} verified",
    "JSON": f'{{"phoneNumber":"{HOLE}"}}',
    "mobile": f"mobile: {HOLE}",
    "tel": f"tel: {HOLE}",
}
BIRTHDAYS: dict[str, str] = {
    "JSON": f'{{"birthDate":"{HOLE}"}}',
    "key": f"dob={HOLE} country=NO",
    "whole words": f"date_of_birth: {HOLE}",
}
KEYED_NUMBERS: dict[str, str] = {
    "passport": f"passport_no={HOLE} checked",
    "ssn": f'{{"ssn":"{HOLE}"}}',
    "national id": f"nationalId: {HOLE}",
    "card's code": f'{{"cvv":"{HOLE}"}}',
}
