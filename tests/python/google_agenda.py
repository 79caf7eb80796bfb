"""Google's own Python client on calendars, contacts and tasks: checks that google_client.py runs."""

import hashlib
import json
import urllib.request

from company import change, check, control, equal, truth
from google_client import active_users, by_endpoint, pages, refused
from googleapiclient.errors import HttpError

CALENDAR_SCOPES = ["https://www.googleapis.com/auth/calendar.readonly"]
CONTACTS_SCOPES = ["https://www.googleapis.com/auth/contacts.readonly"]
TASKS_SCOPES = ["https://www.googleapis.com/auth/tasks.readonly"]


def calendar(user):
    return by_endpoint("calendar", "v3", "calendar/v3/", user, CALENDAR_SCOPES)


def people(user):
    return by_endpoint("people", "v1", "", user, CONTACTS_SCOPES)


def tasks(user):
    return by_endpoint("tasks", "v1", "", user, TASKS_SCOPES)


def told(resource):
    """The form in which the truth hashes a resource: without its etag, members sorted."""
    kept = {name: value for name, value in resource.items() if name != "etag"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# --- Calendar ------------------------------------------------------------------------------------------------------


def own_events(service, **more):
    """Every event of every own calendar by the truth's id, and the sync token of each calendar."""
    lists = service.calendarList()
    found, tokens = {}, {}
    for entry in pages(lists, lists.list(minAccessRole="owner", maxResults=1), "items"):
        key = "primary" if entry.get("primary") else entry["id"]
        events = service.events()
        request = events.list(calendarId=entry["id"], maxResults=7, **more)
        while request is not None:
            page = request.execute()
            found.update({f"{key}/{event['id']}": event for event in page["items"]})
            tokens[key] = page.get("nextSyncToken")
            request = events.list_next(request, page)
    return found, tokens


@check
def every_event_is_listed_as_it_is():
    user = active_users()[1]
    found, _ = own_events(calendar(user))
    lines = {line["id"]: line["exports"]["json"]["sha256"] for line in truth("calendar", user)}
    equal({id: told(event) for id, event in found.items()}, lines)
    recurring = [event for event in found.values() if "recurrence" in event]
    exceptions = [event for event in found.values() if "recurringEventId" in event]
    assert recurring and any(event["status"] == "cancelled" for event in exceptions), "no series with exceptions"


@check
def a_sync_token_tells_what_changed_and_dies():
    user = active_users()[1]
    service = calendar(user)
    _, tokens = own_events(service)
    (kept,) = change(op="event.add", user=user, name="new")
    (gone,) = change(op="event.add", user=user, name="gone")
    change(op="event.delete", user=user, id=gone)
    page = service.events().list(calendarId="primary", syncToken=tokens["primary"]).execute()
    equal({e["id"]: e["status"] for e in page["items"]}, {kept.split("/")[1]: "confirmed", gone.split("/")[1]: "cancelled"})
    refused(service.events().list(calendarId="primary", syncToken=tokens["primary"], q="x"), 400, "badRequest")
    control("POST", "set", {"expire_sync": user})
    refused(service.events().list(calendarId="primary", syncToken=page["nextSyncToken"]), 410, "fullSyncRequired")


@check
def colours_and_access_are_told():
    service = calendar(active_users()[1])
    assert "1" in service.colors().get().execute()["calendar"]
    primary = service.calendarList().get(calendarId="primary").execute()
    equal((primary["id"], primary["accessRole"]), (active_users()[1], "owner"))


# --- Contacts ------------------------------------------------------------------------------------------------------

PERSON_FIELDS = (
    "addresses,biographies,birthdays,emailAddresses,memberships,metadata,names,nicknames,organizations,phoneNumbers,"
    "photos,urls"
)


@check
def every_contact_is_listed_with_its_photo():
    user = active_users()[1]
    connections = people(user).people().connections()
    request = connections.list(resourceName="people/me", personFields=PERSON_FIELDS, pageSize=4)
    found = {}
    while request is not None:
        page = request.execute()
        found.update({person["resourceName"].split("/")[1]: person for person in page["connections"]})
        equal(page["totalItems"], len(truth("contacts", user)))
        request = connections.list_next(request, page)
    lines = {line["id"]: line["exports"] for line in truth("contacts", user)}
    equal({id: told(person) for id, person in found.items()}, {id: files["json"]["sha256"] for id, files in lines.items()})
    for id, person in found.items():
        photo = person["photos"][0]
        if not photo.get("default"):
            with urllib.request.urlopen(photo["url"], timeout=60) as answer:
                equal(hashlib.sha256(answer.read()).hexdigest(), lines[id]["png"]["sha256"], id)


@check
def deleted_contacts_are_told_and_tokens_end():
    user = active_users()[1]
    connections = people(user).people().connections()
    same = {"resourceName": "people/me", "personFields": "names,metadata", "requestSyncToken": True, "pageSize": 1000}
    token = connections.list(**same).execute()["nextSyncToken"]
    (gone,) = change(op="contact.add", user=user, name="soon gone")
    change(op="contact.delete", user=user, id=gone)
    page = connections.list(syncToken=token, **same).execute()
    equal([(p["resourceName"], p["metadata"]["deleted"]) for p in page["connections"]], [(f"people/{gone}", True)])
    refused_at(connections.list(syncToken=token, **{**same, "personFields": "names"}), 400)
    refused_at(connections.list(resourceName="people/me", pageSize=10), 400)
    control("POST", "set", {"expire_sync": user})
    refused_at(connections.list(syncToken=page["nextSyncToken"], **same), 400)


def refused_at(request, status):
    try:
        request.execute()
    except HttpError as error:
        equal(error.resp.status, status)
        return
    raise AssertionError(f"not refused with {status}")


@check
def groups_have_names_and_members():
    groups = people(active_users()[1]).contactGroups()
    found = pages(groups, groups.list(pageSize=2), "contactGroups")
    own = [group for group in found if group["groupType"] == "USER_CONTACT_GROUP"]
    equal(len(own), 1)
    members = groups.get(resourceName=own[0]["resourceName"], maxMembers=1000).execute()
    equal(len(members["memberResourceNames"]), own[0]["memberCount"])


# --- Tasks ---------------------------------------------------------------------------------------------------------


@check
def every_task_is_listed_and_what_was_updated_is_told():
    user = active_users()[1]
    service = tasks(user)
    lists = service.tasklists()
    every = {"showHidden": True, "showCompleted": True, "showAssigned": True, "maxResults": 3}
    found, newest = {}, ""
    for entry in pages(lists, lists.list(maxResults=1), "items"):
        for task in pages(service.tasks(), service.tasks().list(tasklist=entry["id"], **every), "items"):
            found[f"{entry['id']}/{task['id']}"] = told(task)
            newest = max(newest, task["updated"])
    equal(found, {line["id"]: line["exports"]["json"]["sha256"] for line in truth("tasks", user)})
    (gone,) = change(op="task.add", user=user, name="soon gone")
    change(op="task.delete", user=user, id=gone)
    of, number = gone.split("/")
    page = service.tasks().list(tasklist=of, updatedMin=newest, showDeleted=True, **every)
    deleted = [task for task in pages(service.tasks(), page, "items") if task.get("deleted")]
    assert number in [task["id"] for task in deleted], deleted
