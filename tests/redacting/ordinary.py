"""What looks like personal data and is none: versions, paths, services, hashes, times, counts, words. Made from a seed."""

from __future__ import annotations

import random
from pathlib import Path

from redacting.personal import ALNUM, HEX, LOWER, UPPER, Make, letters, luhn

WORDS = (
    "orders",
    "checkout",
    "billing",
    "search",
    "mailer",
    "gateway",
    "report",
    "cart",
    "auth",
    "session-store",
    "user-service",
)


TITLES = (Path(__file__).parent / "written_large.txt").read_text(encoding="utf-8").splitlines()
"""Headings, cities, products, errors, commits: words written large that are nobody's name."""
MACHINES = [
    "systemd",
    "cron",
    "kubelet",
    "argocd",
    "flux",
    "jenkins",
    "pm2",
    "oom-killer",
    "watchdog",
    "dependabot",
    "github-actions",
    "hand",
    "mistake",
    "default",
    "design",
    "itself",
    "supervisord",
    "autoscaler",
    "the scheduler",
    "terraform",
    "ansible",
    "param",
    "each",
    "pascal",
    "julia",
]
TEAMS = [
    "Payments Team",
    "Platform Engineering",
    "Checkout Squad",
    "Site Reliability",
    "Database Operations",
    "GitHub Actions",
    "Argo CD",
    "Search Guild",
    "On Call",
    "Customer Support",
    "Release Bot",
    "Data Platform",
]
FRAMES = [
    "{} is slow",
    "{}",
    "# {}",
    '{{"title":"{}"}}',
    "thanks to {} it held",
    "| {} | 17 |",
    "caused by {}",
    "{}: looking",
    "deployed {} at 12:00",
    '{{"displayName":"{}"}}',
]


def _titled(text: str) -> Make:
    return lambda chance: chance.choice(FRAMES).format(text)


def _number(chance: random.Random, low: int, high: int) -> str:
    return str(chance.randint(low, high))


def _version(chance: random.Random, parts: int) -> str:
    return ".".join(_number(chance, 0, 40) for _ in range(parts))


def _word(chance: random.Random) -> str:
    return chance.choice(WORDS)


def _clock(chance: random.Random) -> str:
    return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"


def _day(chance: random.Random) -> str:
    return f"20{chance.randint(20, 39)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _uuid(chance: random.Random) -> str:
    return "-".join(letters(chance, HEX, size) for size in (8, 4, 4, 4, 12))


ORDINARY: dict[str, tuple[Make, ...]] = {
    "version": (
        lambda c: f"nginx/{_version(c, 4)} started",
        lambda c: f"v{_version(c, 4)} is live",
        lambda c: f"version {_version(c, 4)}",
        lambda c: f"Version: {_version(c, 4)}",
        lambda c: f"Chrome/{_number(c, 90, 140)}.0.{_number(c, 0, 9)}.{_number(c, 0, 99)} Safari/537.36",
        lambda c: f"{_word(c)}-{_version(c, 4)}.jar",
        lambda c: f"build {_version(c, 4)} of Windows",
        lambda c: f"upgraded {_word(c)} {_version(c, 3)} -> {_version(c, 3)}",
        lambda c: f"{_word(c)}@{_version(c, 3)}",
        lambda c: f"@{_word(c)}/core@{_version(c, 3)}-rc.1",
        lambda c: f"github.com/acme/{_word(c)}@v{_version(c, 3)}",
        lambda c: f"{_word(c)}=={_version(c, 4)}",
        lambda c: f'"version": "{_version(c, 4)}"',
        lambda c: f"release_{_version(c, 4)}",
        lambda c: f"Oracle Database 19c Release {_version(c, 5)}",
    ),
    "hash or id": (
        lambda c: f"commit {letters(c, HEX, 40)}",
        lambda c: f"{letters(c, HEX, 7)} fix: {_word(c)}",
        lambda c: f"sha256:{letters(c, HEX, 64)}",
        lambda c: f"trace_id={letters(c, HEX, 32)} span_id={letters(c, HEX, 16)}",
        lambda c: f"request {_uuid(c)} done",
        lambda c: f"uid: {_uuid(c)}",
        lambda c: f'"uid":"{_uuid(c)}","kind":"Pod"',
        lambda c: f"req_{_number(c, 10**12, 10**13)}_{letters(c, LOWER, 9)}",
        lambda c: f"pod/{_word(c)}-{letters(c, LOWER, 10)}-{letters(c, LOWER, 5)}",
        lambda c: f"order {_number(c, 10**15, 10**16 - 1)} shipped",
        lambda c: f"id {luhn('1' + _number(c, 10**13, 10**14 - 1))}",
        lambda c: f'etag "{letters(c, HEX, 32)}"',
        lambda c: f"AWS request {letters(c, UPPER, 16)}",
        lambda c: f"image registry.example/{_word(c)}@sha256:{letters(c, HEX, 64)}",
        lambda c: f"index {letters(c, HEX, 7)}..{letters(c, HEX, 7)} 100644",
        lambda c: f"integrity sha512-{letters(c, ALNUM, 86)}==",
        lambda c: f"volume pvc-{_uuid(c)}",
    ),
    "time": (
        lambda c: f"{_day(c)}T{_clock(c)}.{_number(c, 100, 999)}Z",
        lambda c: f"{_day(c)} {_clock(c)},{_number(c, 100, 999)}",
        lambda c: f"[0{_number(c, 1, 9)}/Apr/2031:{_clock(c)} +0200]",
        lambda c: f"Apr  {_number(c, 1, 9)} {_clock(c)} web-1",
        lambda c: f"ts={_number(c, 1_700_000_000_000, 1_900_000_000_000)}",
        lambda c: f"ts={_number(c, 1_700_000_000, 1_900_000_000)}.{_number(c, 100_000, 999_999)}",
        lambda c: f"time={_number(c, 1_700_000_000, 1_900_000_000) + '0' * 9}",
        lambda c: f"at {_clock(c)} – {_clock(c)} UTC, {_number(c, 1, 59)} min {_number(c, 1, 59)} s",
        lambda c: f"took {_number(c, 1, 999)}.{_number(c, 100, 999)} ms, {_number(c, 1, 999)}us",
        lambda c: f"{_day(c)}-{_number(c, 10, 23)}-{_number(c, 10, 59)}",
        lambda c: f"{_number(c, 1, 28):>02}.{_number(c, 1, 12):>02}.2031 {_clock(c)}",
        lambda c: f"{_day(c).replace('-', '')}{_clock(c).replace(':', '')}",
    ),
    "number": (
        lambda c: f"{_number(c, 1, 999)},{_number(c, 100, 999)},{_number(c, 100, 999)} rows",
        lambda c: f"{_number(c, 1, 99)}.{_number(c, 10, 99)} % of {_number(c, 1000, 9999)}",
        lambda c: f"heap {_number(c, 10**6, 10**10)} of {_number(c, 10**6, 10**10)} bytes",
        lambda c: f"users: {_number(c, 1, 9999)}, sessions {_number(c, 1, 99)}, tokens used: {_number(c, 1, 9999)}",
        lambda c: f"max_tokens={_number(c, 1000, 9999)} tokens={_number(c, 100, 9999)}",
        lambda c: f"user_count={_number(c, 1, 999)} account_total: {_number(c, 1, 999)}",
        lambda c: f"port {_number(c, 1024, 65535)}, pid {_number(c, 2, 32768)}",
        lambda c: " ".join(_number(c, 0, 9999) for _ in range(8)),
        lambda c: (
            f"{_number(c, 10, 99)} {_number(c, 10, 99)} {_number(c, 10, 99)} {_number(c, 10, 99)} {_number(c, 10, 99)}"
        ),
        lambda c: f"p50={_number(c, 1, 99)} p95={_number(c, 100, 999)} max={_number(c, 1000, 9999)}",
        lambda c: (
            f"[{_number(c, 10**8, 10**9)}.{_number(c, 100_000, 999_999)}] Out of memory: Killed process {_number(c, 100, 9999)}"
        ),
        lambda c: f"{_number(c, 100, 999)}-{_number(c, 10, 99)} of {_number(c, 1000, 9999)}",
        lambda c: f"Mem: {_number(c, 10**6, 10**8)} {_number(c, 10**6, 10**8)} {_number(c, 10**6, 10**8)}",
    ),
    "path or address": (
        lambda c: f"/var/log/{_word(c)}/app.log.{_number(c, 1, 9)}.gz:{_number(c, 1, 9999)}",
        lambda c: f"GET /api/v2/{_word(c)}/{_number(c, 1, 99999)}?page={_number(c, 1, 99)}&sort=name HTTP/1.1",
        lambda c: f"http://{_word(c)}:{_number(c, 1024, 65535)}/healthz",
        lambda c: f"https://{_word(c)}.example/login?next=%2F{_word(c)}",
        lambda c: f"at Object.<anonymous> (/srv/{_word(c)}/index.js:{_number(c, 1, 999)}:{_number(c, 1, 99)})",
        lambda c: f'File "/opt/{_word(c)}/user.py", line {_number(c, 1, 999)}, in session',
        lambda c: f"at com.example.{_word(c)}.Token$1.run(Token.java:{_number(c, 1, 999)})",
        lambda c: f"listening on 0.0.0.0:{_number(c, 1024, 65535)} and [::]:{_number(c, 1024, 65535)}",
        lambda c: f"127.0.0.1:{_number(c, 1024, 65535)} and ::1",
        lambda c: f"postgres://{_word(c)}:{_number(c, 1024, 65535)}/shop",
        lambda c: f"git@github.com:acme/{_word(c)}.git",
        lambda c: f"/usr/lib/x86_64-linux-gnu/libssl.so.{_version(c, 3)}",
        lambda c: f"deny 0.0.0.0/0, mask 255.255.255.0, {_word(c)}",
        lambda c: f"/home/app/{_word(c)}/main.py",
        lambda c: f"getty@tty1.service, user@{_number(c, 1000, 1010)}.service",
    ),
    "words": (
        lambda c: f"{_word(c)}: password reset requested, {_number(c, 1, 9)} tokens left",
        lambda c: "basic authentication failed; bearer token missing",
        lambda c: f"Authorization: required by {_word(c)}",
        lambda c: "invalid token: expected string, got null",
        lambda c: f"unexpected token '<' in {_word(c)}",
        lambda c: f"session opened in {_number(c, 1, 99)} ms; session closed",
        lambda c: f"Cookie policy of {_word(c)} changed",
        lambda c: "user: null, username: undefined, login: false",
        lambda c: f"login page of {_word(c)} is slow; account page too",
        lambda c: f"failed to connect to {_word(c)} for the third time",
        lambda c: f"accepted connection for {_word(c)}",
        lambda c: "the password is wrong; the token is expired; the session is closed",
        lambda c: f"std::vector<{_word(c)}::Item>, a::b, Foo::Bar",
        lambda c: f"@app.route('/{_word(c)}')",
        lambda c: f"user interface of {_word(c)}; users say it hangs",
        lambda c: f"secretName: {_word(c)}-tls",
        lambda c: f"tokenizer: {_word(c)}, passwordless: yes, sessions: many",
        lambda c: f"key: {_word(c)}, primary_key: id, keyspace={_word(c)}",
        lambda c: f"{_word(c)} phone app crashed; mobile: slow",
        lambda c: f"User-Agent: {_word(c)}/1.0; user-agent={_word(c)}",
        lambda c: f"for user experience: {_word(c)} first",
        lambda c: f"type=user_login_failed service={_word(c)}",
        lambda c: f"auth=enabled pass=true password: YES, tests pass: {_number(c, 1, 99)}",
        lambda c: "FATAL: role of the incident commander is open",
        lambda c: f"{_number(c, 2, 99)} Way to go; {_number(c, 2, 9)} Street names missing",
        lambda c: f"code={_number(c, 1, 599)} exit code={_number(c, 0, 9)} code=ECONNREFUSED",
        lambda c: f"address: {_word(c)}, street: unknown",
    ),
    "words that are names, too": (
        lambda c: f"will {_word(c)} mark the page? may it chase the case",
        lambda c: (
            f"the {c.choice(['long', 'short', 'strong', 'green', 'young'])} pool of {_word(c)} is up {_number(c, 1, 99)} days"
        ),
        lambda c: (
            f"jack in; press the key; {_word(c)} at the west gate, {c.choice(['May', 'June', 'April', 'August'])} {_number(c, 1, 28)}"
        ),
        lambda c: f"{_word(c)} hall, park and bridge: rose, lily, ivy; hope and grace; bill {_number(c, 1, 99)}",
        lambda c: f"moe-{_word(c)}-1 and /srv/nora/{_word(c)}, kari.log, --liam, oskar={_number(c, 1, 99)}",
    ),
    "ids of ten and eleven digits": (
        lambda c: f"order {_number(c, 100000, 999999)}-{_number(c, 1000, 9999)} shipped",
        lambda c: f"batch {_number(c, 100000, 999999)}-{_number(c, 1000, 9999)} of {_word(c)} done",
        lambda c: f"id={_number(c, 10**10, 10**11 - 1)} state=open",
        lambda c: f"order {_number(c, 10**10, 10**11 - 1)} paid",
        lambda c: f"build {_number(c, 10**9, 10**10 - 1)} is green",
        lambda c: f"GET /api/{_word(c)}/{_number(c, 10**10, 10**11 - 1)} 200",
        lambda c: f"heap {_number(c, 10**10, 10**11 - 1)} bytes of {_number(c, 10**10, 10**11 - 1)}",
        lambda c: f"{_day(c)[2:].replace('-', '')}-{_clock(c).replace(':', '')[:4]} {_word(c)} rotated",
        lambda c: f"backup_{_day(c)[2:].replace('-', '')}-{_clock(c).replace(':', '')[:4]}.sql",
        lambda c: f"{_day(c).replace('-', '')}{_number(c, 100, 999)} imported",
        lambda c: f"{_day(c).replace('-', '')}-{_clock(c).replace(':', '')[:4]} rotated",
        lambda c: f"at {_number(c, 1_700_000_000, 1_900_000_000)} and {_number(c, 1_700_000_000, 1_900_000_000)}",
        lambda c: f"offset {_number(c, 10**10, 10**11 - 1)} of partition {_number(c, 0, 12)}",
        lambda c: f"xid {_number(c, 10**9, 10**10 - 1)}, lsn {_number(c, 10**10, 10**11 - 1)}",
        lambda c: f"total: {_number(c, 10**10, 10**11 - 1)} rows",
        lambda c: (
            f"parcel {_number(c, 10**10, 10**11 - 1)} lost, invoice {_number(c, 100000, 999999)}-{_number(c, 1000, 9999)}"
        ),
        lambda c: f"{_number(c, 10**10, 10**11 - 1)}",
        lambda c: f"{_number(c, 100000, 999999)}-{_number(c, 1000, 9999)}",
    ),
    "two words written large": tuple(_titled(text) for text in TITLES),
    "words before and behind names": (
        lambda c: f"deployed by {c.choice(MACHINES)}; restarted by {c.choice(MACHINES)}",
        lambda c: f"{c.choice(MACHINES)} said no; thanks {_word(c)}; ping {_word(c)}; cc {_word(c)}",
        lambda c: f"owner={_word(c)} author: {c.choice(MACHINES)} actor={c.choice(MACHINES)}",
        lambda c: (
            f'{{"triggered_by":"{c.choice(MACHINES)}","assignee":"{c.choice(TEAMS)}","owner":"{c.choice(TEAMS)}"}}'
        ),
        lambda c: f"{c.choice(TEAMS)}: looking at {_word(c)}; {c.choice(TEAMS)} will roll it back",
        lambda c: f"user {c.choice(['data', 'traffic', 'reports', 'impact', 'journeys'])} of {_word(c)} locked up",
        lambda c: (
            f"sudo -u {c.choice(['postgres', 'www-data', 'app', 'nginx'])} {_word(c)}; su - postgres; chown app:app /srv/{_word(c)}"
        ),
        lambda c: f"request for {_word(c)} from {_word(c)}; session for {_word(c)} from web-1",
        lambda c: f"password policy for {_word(c)} changed for all users; sessions of {_word(c)} expired",
        lambda c: f"proxy_set_header X-Token $http_x_token; proxy_set_header Host {_word(c)}.example;",
        lambda c: f"requirepass {c.choice(['${REDIS_PASSWORD}', '$PASS'])}; bindpw from a file of {_word(c)}",
        lambda c: f"for {c.choice(MACHINES)} by {c.choice(MACHINES)} with {c.choice(MACHINES)}",
    ),
    "an @ that mentions nobody": (
        lambda c: (
            f"{c.choice(['@here', '@channel', '@everyone', '@oncall', '@sre-oncall', '@payments-team'])} {_word(c)} is down"
        ),
        lambda c: f"npm i @{c.choice(['babel', 'types', 'angular', 'nestjs', 'acme'])}/{_word(c)}",
        lambda c: f"@{c.choice(['Override', 'Nullable', 'Transactional', 'SpringBootTest', 'RestController'])}",
        lambda c: f"@{c.choice(['app.route', 'pytest.mark.slow', 'click.command', 'functools.cache'])}('/{_word(c)}')",
        lambda c: (
            f"@{c.choice(['property', 'staticmethod', 'dataclass'])}\ndef {_word(c).replace('-', '_')}(self): ..."
        ),
        lambda c: f"fields @timestamp, @message | filter @logStream like /{_word(c)}/ | sort @timestamp desc",
        lambda c: f'{{"@timestamp":"2031-04-02T12:00:00Z","@version":"1","@t":"x","@m":"{_word(c)}"}}',
        lambda c: f"@media screen {{ .{_word(c)} {{ color: red }} }}",
        lambda c: (
            f"SET @{c.choice(['total', 'cnt', 'maxid', 'rows_done'])} = {_number(c, 1, 99)}; SELECT @{c.choice(['total', 'cnt', 'maxid'])}"
        ),
        lambda c: f"WHERE id = @{c.choice(['id', 'orderid', 'p1'])} AND v > @{c.choice(['low', 'cutoff'])}",
        lambda c: f"app@{_word(c)}:~$ uptime; image@sha256:{letters(c, HEX, 64)}",
        lambda c: f"curl -d @{_word(c).replace('-', '')} https://shop.example; @@ -1,{_number(c, 2, 9)} +1,7 @@",
        lambda c: f" * @{c.choice(['param', 'returns', 'throws', 'since', 'deprecated'])} {_word(c)} the thing",
        lambda c: f"@{c.choice(['reboot', 'daily', 'hourly'])} /usr/local/bin/{_word(c)}",
        lambda c: f"HEAD@{{{_number(c, 0, 9)}}}: reset, 5 @ 100, p99 @ {_clock(c)}",
    ),
}
"""By sort: makers of texts of which nothing may be blurred."""
