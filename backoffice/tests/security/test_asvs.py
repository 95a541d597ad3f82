"""What docs/security.md says is true: it names every requirement, only what exists, and the door is as it says.

What has tests of its own elsewhere (limits, headers, the walk, files) is only named there.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from backoffice.environment import BASE
from backoffice.tests.security.signing_in import PASSWORD, is_in, sign_in, signed_in
from core.refusals import Refused
from organization import known_browsers
from organization.models import User
from organization.second_step import MARK
from records.models import Event, Outgoing
from tasks.tests import test_import_workbooks as workbooks

pytestmark = pytest.mark.django_db
DOCUMENT = (BASE / "docs/security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+) \| (yes|part|no|office|n/a) \| (.*) \| (.*) \|$", re.MULTILINE)
# How many requirements of level 1 and 2 each section of ASVS 5.0.0 has (its CSV).
SECTIONS = (
    "1.1 2, 1.2 9, 1.3 11, 1.4 3, 1.5 2, 2.1 3, 2.2 3, 2.3 4, 2.4 1, 3.2 2, 3.3 4, 3.4 6, 3.5 5, 3.7 2, 4.1 3, 4.2 1,"
    " 4.3 2, 4.4 4, 5.1 1, 5.2 3, 5.3 2, 5.4 3, 6.1 3, 6.2 12, 6.3 4, 6.4 4, 6.5 5, 6.6 3, 6.8 4, 7.1 3, 7.2 4, 7.3 2,"
    " 7.4 5, 7.5 2, 7.6 2, 8.1 2, 8.2 3, 8.3 1, 8.4 1, 9.1 3, 9.2 4, 10.1 2, 10.2 2, 10.3 4, 10.4 11, 10.5 5, 10.6 2,"
    " 10.7 3, 11.1 2, 11.2 3, 11.3 3, 11.4 4, 11.5 1, 11.6 1, 12.1 3, 12.2 2, 12.3 4, 13.1 1, 13.2 5, 13.3 2, 13.4 5,"
    " 14.1 2, 14.2 4, 14.3 3, 15.1 3, 15.2 3, 15.3 7, 16.1 1, 16.2 5, 16.3 4, 16.4 3, 16.5 3, 17.1 1, 17.2 4, 17.3 2"
)


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(DOCUMENT)


def test_every_requirement_has_its_row() -> None:
    told = [row[0] for row in rows()]
    assert len(told) == len(set(told)) == 253 and [row[1] for row in rows()].count("1") == 70
    found: dict[str, int] = {}
    for number in told:
        section = number.rpartition(".")[0]
        found[section] = found.get(section, 0) + 1
    assert found == {name: int(count) for name, count in (one.split() for one in SECTIONS.split(", "))}
    assert len(re.findall(r"^\| \d", DOCUMENT, re.MULTILINE)) == 253, "a row that is no row"


def test_what_is_met_says_where_and_which_test_shows_it() -> None:
    for number, _level, _words, state, where, shown in rows():
        assert where.strip(), number
        assert bool(shown.strip()) or state in {"n/a", "no", "office"}, number


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(\w[\w/.-]*/[\w./-]*\w(?:::\w+)?)`", DOCUMENT))))
def test_what_is_named_exists(named: str) -> None:
    path, _, test = named.partition("::")
    place = BASE / path
    assert place.exists(), named
    assert not test or re.search(rf"^\s*def {test}\(", place.read_text(encoding="utf-8"), re.MULTILINE), named


def test_files_named_without_a_folder_exist() -> None:
    for path in set(re.findall(r"\]\((\w+\.md)\)", DOCUMENT)):
        assert (BASE / "docs" / path).exists()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("eleven-long", "password_too_short"),
        ("qwerty123456", "password_too_common"),
        ("onlysmallletterswithoutend", ""),
        ("28 42 17 99 30 11", ""),
        ("пароль из трёх слов", ""),
    ],
)
def test_passwords(password: str, code: str) -> None:
    """Long and unknown is all there is to it."""
    if not code:
        validate_password(password)
        return
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert code in {error.code for error in refused.value.error_list}


def test_passwords_of_the_offices_words_are_refused(settings: Any) -> None:
    settings.OFFICE_NAME, settings.PASSWORD_WORDS = "Brookmere Borough", ["harbour"]
    for password in ("Brookmere2026!", "brookmere-borough", "Harbour-2026-07", "Backoffice123", "1BoroughHarbour1"):
        with pytest.raises(ValidationError, match="name of the office"):
            validate_password(password)
    for password in ("brookmere seagull lantern", "seagull lantern ladder"):
        validate_password(password)


def test_breached_passwords_are_refused(settings: Any, tmp_path: Path) -> None:
    known = [f"a breached password {number}" for number in range(200)]
    file = tmp_path / "breached.txt"
    digests = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in known)
    file.write_text("".join(f"{digest}:{number}\n" for number, digest in enumerate(digests)))
    validate_password(known[0])
    settings.BREACHED_PASSWORDS = str(file)
    for password in known:
        with pytest.raises(ValidationError, match="known from a breach"):
            validate_password(password)
    for number in range(200):
        validate_password(f"another word altogether {number}")
    file.write_text("")
    validate_password(known[0])


def test_passwords_are_stored_with_scrypt(settings: Any) -> None:
    from backoffice import settings as ours

    assert ours.PASSWORD_HASHERS[0].endswith("ScryptPasswordHasher")
    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    person = User(email="a@office.example")
    person.set_password(PASSWORD)
    assert identify_hasher(person.password).algorithm == "scrypt" and person.password.split("$")[1] == "16384"


def test_a_new_password_wants_the_old_one(office: SimpleNamespace) -> None:
    client, new = signed_in(office.mira), "quite-another-word"
    form = {"oldpassword": "not-hers-at-all", "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), form).status_code == 200
    office.mira.refresh_from_db()
    assert office.mira.check_password(PASSWORD)


@pytest.mark.parametrize("password", [" spaces before and after ", "x" * 64 + "y", "Ünïcödé in each letter", "A" * 900])
def test_a_password_is_taken_as_typed(office: SimpleNamespace, password: str) -> None:
    office.mira.set_password(password)
    office.mira.save()
    for typed, status in ((password, 302), (password.strip()[:64].lower(), 200)):
        answer = Client().post("/accounts/login/", {"login": office.mira.email, "password": typed})
        assert answer.status_code == status, typed


def test_fields_for_passwords(office: SimpleNamespace) -> None:
    """Hidden while typed; managers of passwords are told what is what, nothing stops pasting."""
    pages = [Client().get("/accounts/login/"), signed_in(office.mira).get(reverse("account_change_password"))]
    html = "".join(page.content.decode() for page in pages)
    found = re.findall(r'<input[^>]* name="(?:old)?password\d?"[^>]*>', html)
    fields = [tag for tag in found if 'type="hidden"' not in tag]  # the demo's people sign in by a button
    assert len(fields) == 4
    assert all('type="password"' in tag and 'autocomplete="' in tag and "onpaste" not in tag for tag in fields)
    assert not any('autocomplete="off"' in tag for tag in fields)
    scripts = "".join(path.read_text(encoding="utf-8") for path in (BASE / "static/js").glob("*.js"))
    assert '"paste"' not in scripts


def test_a_session_ends_when_idle_and_with_its_time(office: SimpleNamespace, settings: Any) -> None:
    settings.SESSION_IDLE_AGE, settings.SESSION_COOKIE_AGE = 3600, 4 * 3600
    with time_machine.travel("2026-03-04T08:00:00Z", tick=False) as now:
        idle, busy, watched = (signed_in(office.mira) for _session in range(3))
        for _quarter in range(4):
            now.shift(900)
            form = {"fields": '{"text": "what is being typed"}'}
            assert busy.post(reverse("tasks:draft", args=["new-task"]), form).status_code in {200, 204}
            watched.get(reverse("tasks:live"))
        assert idle.get("/queue/").status_code == 302, "an hour of nothing"
        assert watched.get("/queue/").status_code == 302, "a page that is open alone keeps no session"
        assert busy.get("/queue/").status_code == 200, "typing does"
        for _quarter in range(11):
            now.shift(900)
            assert busy.get("/queue/").status_code == 200
        now.shift(900)
        assert busy.get("/queue/").status_code == 302, "and yet it ends"


def prove(client: Client, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_reauthenticate"), {"password": password})


def long_ago(client: Client) -> None:
    """As if the proof of signing in were of yesterday."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 86400
    session.save()


def test_proof_is_asked_before_what_is_sensitive(office: SimpleNamespace) -> None:
    client = signed_in(office.mira)
    long_ago(client)
    asked = reverse("account_reauthenticate")
    for path in (reverse("mfa_activate_totp"), reverse("mfa_generate_recovery_codes")):
        assert client.get(path).headers["Location"].startswith(asked)
    sessions = reverse("usersessions_list")
    assert client.get(sessions).status_code == 200
    assert client.post(sessions).headers["Location"].startswith(asked)
    assert prove(client, "not-hers-at-all").status_code == 200
    assert prove(client).status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_proof_gives_another_key(office: SimpleNamespace) -> None:
    client = signed_in(office.mira)
    before = client.session.session_key
    assert prove(client).status_code == 302
    assert client.session.session_key != before and client.get("/queue/").status_code == 200


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_second_step(person: User) -> str:
    secret = "JBSWY3DPEHPK3PXP" * 2
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def test_secrets_of_the_second_step_are_encrypted(office: SimpleNamespace, settings: Any) -> None:
    secret = with_second_step(office.mira)
    totp, codes = (Authenticator.objects.get(user=office.mira, type=kind) for kind in ("totp", "recovery_codes"))
    assert totp.data["secret"].startswith(MARK) and secret not in str(totp.data)
    assert codes.data["seed"].startswith(MARK)
    assert all(re.fullmatch(r"\w{8,}", code) for code in RecoveryCodes(codes).get_unused_codes())
    cache.clear()
    assert totp.wrap().validate_code(code_of(secret))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" * 8
    cache.clear()
    assert totp.wrap().validate_code(code_of(secret)), "under the key of before"
    settings.SECRET_KEY_FALLBACKS = []
    cache.clear()
    assert not totp.wrap().validate_code(code_of(secret)), "nobody's code fits"
    totp.data = {"secret": secret}
    assert totp.wrap().validate_code(code_of(secret)), "what was stored before it was encrypted"


def test_a_code_works_once(office: SimpleNamespace) -> None:
    secret = with_second_step(office.mira)
    code = code_of(secret)
    for worked in (True, False):
        client = Client()
        sign_in(client, office.mira.email)
        assert not is_in(client), "a password alone is not enough"
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(client) is worked
    with time_machine.travel(60 * 3, tick=True):
        assert not Authenticator.objects.get(user=office.mira, type="totp").wrap().validate_code(code)


def test_a_forgotten_password_leaves_the_second_step(office: SimpleNamespace) -> None:
    with_second_step(office.mira)
    client, new = Client(), "quite-another-word"
    client.post("/accounts/password/reset/", {"email": office.mira.email})
    link = next(word for word in Outgoing.objects.get().text.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert client.get("/queue/").status_code == 302
    client.post("/accounts/login/", {"login": office.mira.email, "password": new})
    assert client.get("/queue/").status_code == 302
    assert Authenticator.objects.filter(user=office.mira).count() == 2


def test_a_new_second_step_ends_the_other_sessions(
    office: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    here, elsewhere = signed_in(office.mira), signed_in(office.mira)
    prove(here)
    page = here.get(reverse("mfa_activate_totp"))
    code = code_of(here.session["mfa.totp.secret"])
    assert page.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert here.get("/queue/").status_code == 200 and elsewhere.get("/queue/").status_code == 302


def test_an_office_can_ask_for_the_second_step(office: SimpleNamespace, settings: Any) -> None:
    client = signed_in(office.mira)
    settings.SECOND_STEP_FOR = "admins"
    assert client.get("/queue/").status_code == 200
    settings.SECOND_STEP_FOR = "everybody"
    for method, path in ((client.get, "/queue/"), (client.post, "/tasks/next/"), (client.get, "/")):
        assert method(path).headers["Location"] == reverse("mfa_activate_totp")
    assert prove(client).status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    with_second_step(office.mira)
    assert client.get("/queue/").status_code == 200


def test_end_sessions(office: SimpleNamespace) -> None:
    hers, of_another = signed_in(office.mira), Client()
    of_another.force_login(office.otto)
    with_second_step(office.mira)
    out = io.StringIO()
    call_command("end_sessions", office.mira.email.upper(), "--second-step", stdout=out)
    assert out.getvalue() == "1 sessions ended\n"
    assert hers.get("/queue/").status_code == 302 and of_another.get("/queue/").status_code == 200
    assert not Authenticator.objects.exists()
    event = Event.objects.select_related("payload").get(verb="end_sessions")
    assert event.subject_id == office.mira.pk and event.payload.body == {"sessions": 1, "second_step": True}
    call_command("end_sessions", "--all", stdout=out)
    for wrong in ([], ["nobody@office.example"], ["--all", "--second-step"]):
        with pytest.raises(CommandError):
            call_command("end_sessions", *wrong)


def test_signed_texts_are_good_for_one_purpose(office: SimpleNamespace, rf: Any) -> None:
    request = rf.get("/")
    email = office.mira.email
    for salt, known in ((known_browsers._SIGNER, True), ("another.purpose", False)):
        request.COOKIES["known"] = signing.dumps([known_browsers.hashed(email), "7"], salt=salt)
        assert known_browsers.counted_as(request, email).endswith(":7") is known
    with time_machine.travel("2026-01-01T00:00:00Z"):
        request.COOKIES["known"] = signing.dumps([known_browsers.hashed(email), "7"], salt=known_browsers._SIGNER)
    with time_machine.travel("2026-08-01T00:00:00Z"):
        assert known_browsers.counted_as(request, email) == known_browsers.hashed(email)


def test_the_log_tells_of_the_door(office: SimpleNamespace, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    client = Client()
    for password in ["wrong-word-of-hers"] * 6:
        client.post("/accounts/login/", {"login": office.mira.email, "password": password})
    signed_in_client = Client()
    cache.clear()
    signed_in_client.force_login(office.otto)
    signed_in_client.post("/accounts/logout/")
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    said = [line["event"] for line in told]
    assert said.count("sign_in_failed") == 5 and "rate_limited" in said and "signed_out" in said
    assert next(line for line in told if line["event"] == "signed_out")["user_id"] == office.otto.pk
    assert office.mira.email not in str(told) and "wrong-word" not in str(told)


def sources() -> str:
    floors = ("core", "records", "organization", "tasks", "reports", "backoffice")
    paths = (path for floor in floors for path in (BASE / floor).rglob("*.py") if "tests" not in path.parts)
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_nothing_from_outside_is_unpickled() -> None:
    from django.conf import settings

    assert not re.search(r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill|yaml)\b", sources(), re.MULTILINE)
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_reads_no_files(tmp_path: Path, part: str) -> None:
    """Entities of a workbook's XML that lie outside are refused or left out (XXE)."""
    (tmp_path / "secret").write_text("CANARY")
    kind = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file://{tmp_path}/secret">]>'

    def poisoned(name: str, text: str) -> str:
        if name != part:
            return text
        head, _, rest = text.rpartition("?>")
        return f"{head}?>" * bool(head) + kind + rest.replace("><", ">&f;<", 1)

    try:
        found = str(workbooks.read(workbooks.changed(workbooks.book([["a"], ["b"]]), poisoned)))
    except Refused:
        return
    assert "CANARY" not in found


def test_the_inventory_of_cryptography_is_whole() -> None:
    """What the code uses is in the table of keys, and nothing weak is among it."""
    used = set(re.findall(r"hashlib\.(\w+)\(", sources()))
    assert used <= {"sha256", "sha1"} and len(re.findall(r"hashlib\.sha1\(", sources())) == 1
    assert "usedforsecurity=False" in sources()
    imported = set(re.findall(r"^from (cryptography[\w.]*) import", sources(), re.MULTILINE))
    assert {name.split(".")[1] for name in imported} <= {"fernet", "hazmat"}
    for word in ("SHA-256", "SHA-1", "scrypt", "HMAC-SHA-256", "AES-128", "HKDF"):
        assert word in DOCUMENT


def test_every_library_has_an_exact_version() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (BASE / name).read_text(encoding="utf-8").splitlines():
            assert not line.strip() or re.match(r"(#|-r |[\w.\[\]-]+==[\w.]+)", line), line
