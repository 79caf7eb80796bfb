#!/usr/bin/env python3
"""Google's own Python client against simcloud, unchanged: what it reads must be what /control/truth says.

usage: google_client.py START_LINE      a file with the line of JSON that `simcloud serve` prints, or - for standard input
needs: google-api-python-client, google-auth, google-auth-httplib2

Prints "N passed, M failed" last; the exit code is 1 if any failed.
"""

import base64
import hashlib
import io
import json
import sys

from company import START, change, check, control, equal, main, truth
from google.oauth2 import service_account
from googleapiclient import discovery
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

ADMIN_SCOPES = [
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
]
GMAIL_SCOPES = ["https://www.googleapis.com/auth/gmail.readonly"]
DRIVE_SCOPES = ["https://www.googleapis.com/auth/drive.readonly"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FOLDER = "application/vnd.google-apps.folder"


def active_users():
    return [user["address"] for user in START["google"]["users"] if user["status"] == "active"]


# --- the client, pointed at the simulator in the two ways its documentation offers ---------------------------------


def credentials(user, scopes):
    return service_account.Credentials.from_service_account_file(
        START["google"]["service_account_key_file"], scopes=scopes, subject=user
    )


def by_endpoint(api, version, path, user, scopes):
    """The description that ships with the client, and another endpoint."""
    return discovery.build(
        api,
        version,
        credentials=credentials(user, scopes),
        client_options={"api_endpoint": f"{START['address']}/{path}"},
        static_discovery=True,
    )


def by_document(api, version, user, scopes):
    """The shipped description with its rootUrl rewritten: batches take their address from there."""
    document = json.loads(get_static_doc(api, version))
    document["rootUrl"] = f"{START['address']}/"
    document.pop("mtlsRootUrl", None)
    return discovery.build_from_document(document, credentials=credentials(user, scopes))


def directory():
    return by_endpoint("admin", "directory_v1", "", START["google"]["admin"], ADMIN_SCOPES)


def gmail(user):
    return by_endpoint("gmail", "v1", "", user, GMAIL_SCOPES)


def drive(user):
    return by_endpoint("drive", "v3", "drive/v3/", user, DRIVE_SCOPES)


def pages(resource, request, name, following="list_next"):
    found = []
    while request is not None:
        page = request.execute()
        found += page.get(name, [])
        request = getattr(resource, following)(request, page)
    return found


def refused(request, status, reason):
    try:
        request.execute()
    except HttpError as error:
        found = (error.resp.status, error.error_details[0]["reason"])
        equal(found, (status, reason))
        return
    raise AssertionError(f"not refused with {status} {reason}")


# --- Directory -----------------------------------------------------------------------------------------------------


@check
def every_user_is_listed_page_by_page():
    users = directory().users()
    found = pages(users, users.list(customer="my_customer", maxResults=3, orderBy="email"), "users")
    equal(sorted(u["id"] for u in found), sorted(u["id"] for u in START["google"]["users"]))
    status = {u["id"]: u["status"] for u in START["google"]["users"]}
    for user in found:
        equal(user["suspended"], status[user["id"]] == "suspended", user["primaryEmail"])
        equal(user["archived"], status[user["id"]] == "archived", user["primaryEmail"])


@check
def one_user_is_read_by_address():
    admin = START["google"]["admin"]
    user = directory().users().get(userKey=admin).execute()
    equal((user["primaryEmail"], user["isAdmin"], user["customerId"]), (admin, True, START["google"]["customer_id"]))


@check
def groups_and_their_members_are_listed():
    service = directory()
    groups = pages(service.groups(), service.groups().list(customer="my_customer", maxResults=2), "groups")
    equal(sorted(g["id"] for g in groups), sorted(g["id"] for g in START["google"]["groups"]))
    members = service.members()
    kinds = set()
    for group in groups:
        found = pages(members, members.list(groupKey=group["id"], maxResults=2), "members")
        equal(str(len(found)), group["directMembersCount"], group["email"])
        kinds |= {member["type"] for member in found}
    equal(kinds, {"USER", "GROUP"})


@check
def org_units_are_listed_as_a_tree():
    found = directory().orgunits().list(customerId="my_customer", type="all").execute()["organizationUnits"]
    expected = sorted(unit["path"] for unit in START["google"]["org_units"] if unit["path"] != "/")
    equal(sorted(unit["orgUnitPath"] for unit in found), expected)


@check
def the_directory_is_for_admins_only():
    user = next(u for u in active_users() if u != START["google"]["admin"])
    service = by_endpoint("admin", "directory_v1", "", user, ADMIN_SCOPES)
    refused(service.users().list(customer="my_customer"), 403, "forbidden")


# --- Gmail ---------------------------------------------------------------------------------------------------------


def mail_truth(user):
    return {line["id"]: line for line in truth("gmail", user)}


@check
def every_mail_is_listed_page_by_page():
    user = active_users()[1]
    messages = gmail(user).users().messages()
    found = pages(messages, messages.list(userId="me", includeSpamTrash=True, maxResults=7), "messages")
    equal(sorted(m["id"] for m in found), sorted(mail_truth(user)))


@check
def a_raw_mail_has_the_bytes_of_the_truth():
    user = active_users()[1]
    messages = gmail(user).users().messages()
    for line in list(mail_truth(user).values())[:25]:
        mail = messages.get(userId="me", id=line["id"], format="raw").execute()
        raw = base64.urlsafe_b64decode(mail["raw"])
        equal((len(raw), hashlib.sha256(raw).hexdigest()), (line["size"], line["sha256"]), line["id"])
        equal(sorted(mail.get("labelIds", [])), sorted(line["labels"]), line["id"])


@check
def a_batch_reads_many_mails_at_once():
    user = active_users()[1]
    service = by_document("gmail", "v1", user, GMAIL_SCOPES)
    lines = mail_truth(user)
    read = {}

    def received(request_id, answer, error):
        read[request_id] = error or answer

    batch = service.new_batch_http_request(callback=received)
    wanted = list(lines)[:40]
    for number in wanted:
        batch.add(service.users().messages().get(userId="me", id=number, format="raw"), request_id=number)
    batch.add(service.users().messages().get(userId="me", id="ffffffffffffffff"), request_id="missing")
    batch.execute()
    equal(read["missing"].resp.status, 404)
    for number in wanted:
        raw = base64.urlsafe_b64decode(read[number]["raw"])
        equal(hashlib.sha256(raw).hexdigest(), lines[number]["sha256"], number)


@check
def history_tells_what_came_changed_and_went():
    user = active_users()[2]
    service = gmail(user)
    start = service.users().getProfile(userId="me").execute()["historyId"]
    (added,) = change(op="mail.add", user=user)
    old = next(line["id"] for line in mail_truth(user).values() if line["id"] != added and "TRASH" not in line["labels"])
    change(op="mail.trash", user=user, id=old)
    history = service.users().history()
    entries = pages(history, history.list(userId="me", startHistoryId=start, maxResults=1), "history")
    came = [m["message"]["id"] for entry in entries for m in entry.get("messagesAdded", [])]
    equal(came, [added])
    trashed = [m["message"]["id"] for entry in entries for m in entry.get("labelsAdded", []) if "TRASH" in m["labelIds"]]
    equal(trashed, [old])
    refused(history.list(userId="me", startHistoryId="1"), 404, "notFound")


@check
def labels_and_profile_count_the_mails():
    user = active_users()[1]
    service = gmail(user)
    lines = mail_truth(user)
    profile = service.users().getProfile(userId="me").execute()
    equal((profile["emailAddress"], profile["messagesTotal"]), (user, len(lines)))
    labels = service.users().labels().list(userId="me").execute()["labels"]
    used = {label for line in lines.values() for label in line["labels"]}
    missing = used - {label["id"] for label in labels}
    equal(missing, set())


# --- Drive ---------------------------------------------------------------------------------------------------------


def download(request, chunk):
    target = io.BytesIO()
    downloader = MediaIoBaseDownload(target, request, chunksize=chunk)
    done = False
    while not done:
        _, done = downloader.next_chunk()
    return target.getvalue()


def drive_truth(user):
    return {line["id"]: line for line in truth("drive", user)}


@check
def every_file_is_listed_page_by_page():
    user = active_users()[1]
    files = drive(user).files()
    found = pages(files, files.list(pageSize=9, fields="*"), "files")
    lines = drive_truth(user)
    equal(sorted(f["id"] for f in found), sorted(lines))
    for file in found:
        line = lines[file["id"]]
        equal((file["name"], file["mimeType"], file["trashed"]), (line["name"], line["mime"], line["trashed"]), line)
        equal((file.get("sha256Checksum"), file["ownedByMe"]), (line.get("sha256"), line["owned"]), line)


@check
def own_files_can_be_asked_for():
    user = active_users()[1]
    files = drive(user).files()
    found = pages(files, files.list(q="'me' in owners and trashed = false", orderBy="modifiedTime desc"), "files")
    expected = [line["id"] for line in drive_truth(user).values() if line["owned"] and not line["trashed"]]
    equal(sorted(f["id"] for f in found), sorted(expected))


@check
def files_download_whole_and_in_chunks():
    user = active_users()[1]
    files = drive(user).files()
    blobs = [line for line in drive_truth(user).values() if "sha256" in line and line["downloadable"] and not line["abusive"]]
    assert any(line["size"] == 0 for line in blobs) and len(blobs) > 20, "an empty file among many"
    for line in blobs:
        for chunk in (1 << 20, max(1000, line["size"] // 3)):
            data = download(files.get_media(fileId=line["id"], supportsAllDrives=True), chunk)
            equal((len(data), hashlib.sha256(data).hexdigest()), (line["size"], line["sha256"]), line["name"])


@check
def malware_needs_an_acknowledgement():
    user = active_users()[1]
    files = drive(user).files()
    (line,) = [line for line in drive_truth(user).values() if line.get("abusive") and line["owned"]]
    refused(files.get_media(fileId=line["id"]), 403, "cannotDownloadAbusiveFile")
    data = files.get_media(fileId=line["id"], acknowledgeAbuse=True).execute()
    equal(hashlib.sha256(data).hexdigest(), line["sha256"])


@check
def documents_are_exported():
    user = active_users()[1]
    files = drive(user).files()
    short = {
        "application/vnd.google-apps.document": ("docx", DOCX),
        "application/vnd.google-apps.spreadsheet": (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "application/vnd.google-apps.presentation": (
            "pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        "application/vnd.google-apps.drawing": ("svg", "image/svg+xml"),
        "application/vnd.google-apps.script": ("json", "application/vnd.google-apps.script+json"),
    }
    seen, too_large = set(), []
    for line in drive_truth(user).values():
        if line["mime"] not in short or not line["downloadable"]:
            continue
        name, mime = short[line["mime"]]
        expected = line["exports"][name]
        if expected["size"] > 10 * 1024 * 1024:
            too_large.append(line["id"])
            refused(files.export(fileId=line["id"], mimeType=mime), 403, "exportSizeLimitExceeded")
            continue
        data = files.export(fileId=line["id"], mimeType=mime).execute()
        equal((len(data), hashlib.sha256(data).hexdigest()), (expected["size"], expected["sha256"]), line["name"])
        equal(download(files.export_media(fileId=line["id"], mimeType=mime), 1 << 20), data, line["name"])
        seen.add(name)
    equal(len(too_large), 1, "one document over the limit")
    assert {"docx", "xlsx"} <= seen, seen


@check
def a_big_document_comes_through_its_export_link():
    user = active_users()[1]
    service = drive(user)
    (line,) = [line for line in drive_truth(user).values() if line["name"] == "Big report"]
    file = service.files().get(fileId=line["id"], fields="exportLinks").execute()
    answer, data = service._http.request(file["exportLinks"][DOCX])
    equal(answer.status, 200)
    equal(hashlib.sha256(data).hexdigest(), line["exports"]["docx"]["sha256"])


@check
def changes_tell_what_came_changed_and_went():
    user = active_users()[2]
    service = drive(user)
    token = service.changes().getStartPageToken().execute()["startPageToken"]
    (kept,) = change(op="file.add", user=user, name="kept.txt", size=10)
    (gone,) = change(op="file.add", user=user, name="gone.txt", size=10)
    change(op="file.rename", id=kept, name="renamed.txt")
    change(op="file.delete", id=gone)
    changes = service.changes()
    request = changes.list(pageToken=token, pageSize=1, includeRemoved=True)
    found = {}
    while request is not None:
        page = request.execute()
        found.update({c["fileId"]: (c["removed"], c.get("file", {}).get("name")) for c in page["changes"]})
        request = changes.list_next(request, page)
    equal(found, {kept: (False, "renamed.txt"), gone: (True, None)})
    equal(changes.list(pageToken=page["newStartPageToken"]).execute()["changes"], [])


@check
def revisions_keep_earlier_bytes():
    user = active_users()[2]
    service = drive(user)
    (file,) = change(op="file.add", user=user, size=100)
    before = service.files().get_media(fileId=file).execute()
    change(op="file.edit", id=file, size=200)
    revisions = service.revisions().list(fileId=file, fields="revisions(id,size)").execute()["revisions"]
    equal([r["size"] for r in revisions], ["100", "200"])
    equal(service.revisions().get_media(fileId=file, revisionId=revisions[0]["id"]).execute(), before)


@check
def an_admin_finds_every_shared_drive_and_a_manager_reads_it():
    service = drive(START["google"]["admin"])
    drives = service.drives()
    found = pages(drives, drives.list(pageSize=1, useDomainAdminAccess=True), "drives")
    lines = truth("shared_drive")
    equal(sorted(d["id"] for d in found), sorted({line["drive"] for line in lines}))
    active = active_users()
    for shared in found:
        permissions = service.permissions()
        request = permissions.list(
            fileId=shared["id"],
            useDomainAdminAccess=True,
            supportsAllDrives=True,
            pageSize=2,
            fields="permissions(emailAddress,role),nextPageToken",
        )
        members = pages(permissions, request, "permissions")
        manager = next(m["emailAddress"] for m in members if m["role"] == "organizer" and m["emailAddress"] in active)
        files = drive(manager).files()
        request = files.list(
            corpora="drive",
            driveId=shared["id"],
            includeItemsFromAllDrives=True,
            supportsAllDrives=True,
            pageSize=4,
        )
        listed = pages(files, request, "files")
        expected = [line["id"] for line in lines if line["drive"] == shared["id"]]
        equal(sorted(f["id"] for f in listed), sorted(expected), shared["name"])


@check
def a_batch_reads_many_files_at_once():
    user = active_users()[1]
    service = by_document("drive", "v3", user, DRIVE_SCOPES)
    read = {}
    batch = service.new_batch_http_request(callback=lambda number, answer, error: read.update({number: error or answer}))
    lines = drive_truth(user)
    for number in list(lines)[:30]:
        batch.add(service.files().get(fileId=number, fields="id,name"), request_id=number)
    batch.execute()
    for number, file in read.items():
        equal(file, {"id": number, "name": lines[number]["name"]})
    equal(len(read), 30)


# Calendars, contacts and tasks have a file of their own, which takes this module for its helpers.
sys.modules.setdefault("google_client", sys.modules[__name__])
import google_agenda  # noqa: E402, F401


# --- the descriptions themselves -----------------------------------------------------------------------------------


@check
def the_client_finds_its_description_on_the_simulator():
    url = f"{START['address']}/discovery/v1/apis/{{api}}/{{apiVersion}}/rest"
    user = active_users()[1]
    try:
        service = discovery.build(
            "drive", "v3", credentials=credentials(user, DRIVE_SCOPES), discoveryServiceUrl=url, static_discovery=False
        )
    except (HttpError, discovery.UnknownApiNameOrVersion) as error:
        print(f"SKIPPED: simcloud serves no descriptions here: {error}", file=sys.stderr)
        return
    about = service.about().get(fields="user").execute()
    equal(about["user"]["emailAddress"], user)


if __name__ == "__main__":
    sys.exit(main(__doc__))
