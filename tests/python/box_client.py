#!/usr/bin/env python3
"""Box's own Python SDK against simcloud, unchanged: what it reads must be what /control/truth says.

usage: box_client.py START_LINE      a file with the line of JSON that `simcloud serve` prints
needs: box-sdk-gen

Prints "N passed, M failed" last; the exit code is 1 if any failed.
"""

import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from box_sdk_gen import BoxAPIError, BoxCCGAuth, BoxClient, BoxOAuth, CCGConfig, OAuthConfig
from box_sdk_gen.managers.events import GetEventsStreamType
from box_sdk_gen.networking.base_urls import BaseUrls
from box_sdk_gen.networking.network import NetworkSession
from company import START, change, check, equal, main, truth


def truth_of(user):
    return truth("box_files", user)


def users():
    return [user for user in START["box"]["users"] if user["status"] != "inactive"]


def app():
    with open(START["box"]["app_file"], encoding="utf-8") as file:
        return json.load(file)


def network():
    base = START["address"]
    urls = BaseUrls(base_url=base, upload_url=f"{base}/api", oauth_2_url=f"{base}/api/oauth2")
    return NetworkSession(base_urls=urls)


def client(enterprise=True, user_id=None):
    """By client credentials: the application's own user, or a managed one."""
    settings = app()["boxAppSettings"]
    config = CCGConfig(
        client_id=settings["clientID"],
        client_secret=settings["clientSecret"],
        enterprise_id=app()["enterpriseID"] if enterprise else None,
        user_id=user_id,
    )
    return BoxClient(auth=BoxCCGAuth(config), network_session=network())


def as_user(number):
    user = users()[number]
    return client().with_as_user_header(user["id"]), user


def folder_entries(box, folder, fields):
    entries, marker = [], None
    while True:
        page = box.folders.get_folder_items(folder, usemarker=True, marker=marker, limit=3, fields=fields)
        entries += page.entries
        marker = page.next_marker
        if not marker:
            return entries


def tree(box, fields, folder="0"):
    found = []
    for entry in folder_entries(box, folder, fields):
        found.append(entry)
        if entry.type == "folder":
            found += tree(box, fields, entry.id)
    return found


@check
def every_user_in_every_state_is_listed():
    box, found, marker = client(), {}, None
    while True:
        page = box.users.get_users(usemarker=True, marker=marker, limit=2)
        found.update({user.id: str(user.status.value) for user in page.entries})
        marker = page.next_marker
        if not marker:
            break
    equal(found, {user["id"]: user["status"] for user in START["box"]["users"]})


@check
def a_managed_user_is_asked_for_by_client_credentials():
    user = users()[1]
    me = client(enterprise=False, user_id=user["id"]).users.get_user_me()
    equal((me.id, me.login), (user["id"], user["address"]))


@check
def as_user_acts_as_that_user():
    box, user = as_user(2)
    equal(box.users.get_user_me().id, user["id"])


@check
def groups_have_their_members():
    box = client()
    groups = box.groups.get_groups(limit=1000).entries
    equal({group.id for group in groups}, {group["id"] for group in START["box"]["groups"]})
    for group in groups:
        for membership in box.memberships.get_group_memberships(group.id).entries:
            assert membership.user.login.count("@") == 1


@check
def folders_hold_what_the_truth_says():
    box, user = as_user(1)
    found = {(entry.type, entry.id): entry.name for entry in tree(box, ["id", "type", "name"])}
    want = {(line["kind"], line["id"]): line["name"] for line in truth_of(user["id"]) if not line["trashed"]}
    equal({(str(getattr(kind, "value", kind)), number): name for (kind, number), name in found.items()}, want)


@check
def offset_paging_tells_the_total():
    box, _ = as_user(1)
    page = box.folders.get_folder_items("0", offset=1, limit=2)
    assert page.total_count > 2 and len(page.entries) == 2 and page.offset == 1


@check
def files_are_downloaded_whole_and_have_the_stated_sha1():
    box, user = as_user(1)
    lines = [line for line in truth_of(user["id"]) if line["kind"] == "file" and line["downloadable"] and not line["trashed"]]
    for line in lines[:10]:
        content = box.downloads.download_file(line["id"]).read()
        equal(hashlib.sha256(content).hexdigest(), line["sha256"])
        equal(box.files.get_file_by_id(line["id"]).sha_1, hashlib.sha1(content).hexdigest())


@check
def a_file_that_is_not_ready_has_no_content_yet():
    box, user = as_user(1)
    (number,) = change(op="box.file.add", user=user["address"], name="not ready.txt", text="at last", not_ready=1)
    equal(box.downloads.download_file(number), None)
    equal(box.downloads.download_file(number).read(), b"at last")


@check
def a_range_comes_alone():
    box, user = as_user(1)
    (number,) = change(op="box.file.add", user=user["address"], name="range.txt", text="0123456789")
    equal(box.downloads.download_file(number, range="bytes=2-4").read(), b"234")


@check
def versions_are_listed_and_read():
    box, user = as_user(1)
    (number,) = change(op="box.file.add", user=user["address"], name="versions.txt", text="first")
    change(op="box.file.edit", item=number, text="second")
    (before,) = box.file_versions.get_file_versions(number).entries
    equal(box.downloads.download_file(number, version=before.id).read(), b"first")
    equal(box.downloads.download_file(number).read(), b"second")


@check
def events_tell_what_happened():
    box, user = as_user(1)
    start = box.events.get_events(stream_type=GetEventsStreamType.CHANGES, stream_position="now").next_stream_position
    (number,) = change(op="box.file.add", user=user["address"], name="event.txt", text="x")
    change(op="box.item.trash", item=number)
    page = box.events.get_events(stream_type=GetEventsStreamType.CHANGES, stream_position=str(start))
    words = {str(getattr(event.event_type, "value", event.event_type)) for event in page.entries if event.source.id == number}
    equal(words, {"ITEM_UPLOAD", "ITEM_TRASH"})


@check
def the_enterprise_hears_of_everyone():
    page = client().events.get_events(stream_type=GetEventsStreamType.ADMIN_LOGS_STREAMING, limit=500)
    assert page.entries and all(event.event_id for event in page.entries)


@check
def collaborations_name_who_has_access():
    box, user = as_user(1)
    (folder,) = change(op="box.folder.add", user=user["address"], name="Given")
    change(op="box.collaboration.add", item=folder, to=users()[2]["address"], role="viewer")
    (given,) = box.list_collaborations.get_folder_collaborations(folder).entries
    equal((given.accessible_by.id, str(given.role.value)), (users()[2]["id"], "viewer"))


@check
def web_links_and_the_trash_are_read():
    box, user = as_user(1)
    line = next(line for line in truth_of(user["id"]) if line["kind"] == "web_link")
    equal(box.web_links.get_web_link_by_id(line["id"]).url, line["url"])
    trashed = {item.id for item in box.trashed_items.get_trashed_items(limit=1000).entries}
    want = {line["id"] for line in truth_of(user["id"]) if line["trashed"] and line["owned"]}
    assert trashed <= want and trashed


@check
def what_is_not_there_is_404():
    box, _ = as_user(1)
    try:
        box.files.get_file_by_id("1")
    except BoxAPIError as error:
        equal(error.response_info.status_code, 404)
    else:
        raise AssertionError("a file that is not there was found")


@check
def a_refresh_token_works_once():
    settings, redirect = app()["boxAppSettings"], app()["redirectURIs"][0]
    auth = BoxOAuth(OAuthConfig(client_id=settings["clientID"], client_secret=settings["clientSecret"]))
    form = {
        "client_id": settings["clientID"], "redirect_uri": redirect, "response_type": "code", "state": "s",
        "login": START["box"]["admin"], "decision": "approve",
    }
    request = urllib.request.Request(f"{START['address']}/api/oauth2/authorize", urllib.parse.urlencode(form).encode())
    opener = urllib.request.build_opener(NoRedirect)
    try:
        location = opener.open(request).headers["Location"]
    except urllib.error.HTTPError as answer:
        location = answer.headers["Location"]
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
    first = auth.get_tokens_authorization_code_grant(code, network_session=network())
    second = auth.refresh_token(network_session=network())
    assert second.refresh_token != first.refresh_token
    auth.token_storage.store(first)
    try:
        auth.refresh_token(network_session=network())
    except BoxAPIError as error:
        equal(error.response_info.status_code, 400)
    else:
        raise AssertionError("a spent refresh token worked")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


# What is written has a file of its own, which takes this module for its helpers.
sys.modules.setdefault("box_client", sys.modules[__name__])
import box_writes  # noqa: E402, F401

if __name__ == "__main__":
    sys.exit(main(__doc__))
