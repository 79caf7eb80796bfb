"""Box's own Python SDK on what is written: uploads, metadata and its templates. Checks that box_client.py runs."""

import base64
import hashlib
import io

from box_client import as_user, client, truth_of
from box_sdk_gen import BoxAPIError
from box_sdk_gen.managers.file_metadata import (
    CreateFileMetadataByIdScope,
    DeleteFileMetadataByIdScope,
    GetFileMetadataByIdScope,
    UpdateFileMetadataByIdRequestBody,
    UpdateFileMetadataByIdRequestBodyOpField,
    UpdateFileMetadataByIdScope,
)
from box_sdk_gen.managers.metadata_templates import (
    CreateMetadataTemplateFields,
    CreateMetadataTemplateFieldsOptionsField,
    CreateMetadataTemplateFieldsTypeField,
    GetMetadataTemplateScope,
    UpdateMetadataTemplateRequestBody,
    UpdateMetadataTemplateRequestBodyOpField,
    UpdateMetadataTemplateScope,
)
from box_sdk_gen.managers.uploads import (
    PreflightFileUploadCheckParent,
    UploadFileAttributes,
    UploadFileAttributesParentField,
    UploadFileVersionAttributes,
)
from company import change, check, control, equal

READS = ["root_readonly", "manage_managed_users", "manage_groups", "manage_enterprise_properties"]
LARGE = 20_000_000


class Writing:
    """The application may write for a while: a backup may not."""

    def __enter__(self):
        control("POST", "set", {"box": {"scopes": READS + ["root_readwrite"]}})

    def __exit__(self, *_):
        control("POST", "set", {"box": {"scopes": READS}})


def refused(status, call):
    try:
        call()
    except BoxAPIError as error:
        return equal(error.response_info.status_code, status)
    raise AssertionError(f"not refused with {status}")


def bytes_of(seed):
    return bytes(hashlib.shake_128(seed).digest(LARGE))


@check
def who_may_only_read_uploads_nothing():
    box, _ = as_user(1)
    refused(403, lambda: box.chunked_uploads.create_file_upload_session("0", LARGE, "large.bin"))


@check
def a_small_file_is_uploaded_in_one_request():
    box, user = as_user(1)
    content, root = b"\r\n--small\x00\xff", UploadFileAttributesParentField(id="0")
    named = lambda name: UploadFileAttributes(name=name, parent=root)
    upload = lambda name: box.uploads.upload_file(named(name), io.BytesIO(content))
    refused(403, lambda: upload("small.bin"))
    with Writing():
        checked = lambda name: box.uploads.preflight_file_upload_check(
            name=name, size=len(content), parent=PreflightFileUploadCheckParent(id="0")
        )
        assert checked("small.bin").upload_url
        (made,) = upload("small.bin").entries
        refused(409, lambda: upload("Small.BIN"))
        refused(409, lambda: checked("small.bin"))
        for name in ("a/b", "..", "x" * 256):
            refused(400, lambda name=name: upload(name))
        version = UploadFileVersionAttributes(name="larger.bin")
        (after,) = box.uploads.upload_file_version(made.id, version, io.BytesIO(content * 2), if_match=made.etag).entries
        refused(412, lambda: box.uploads.upload_file_version(made.id, version, io.BytesIO(b"x"), if_match=made.etag))
    equal((made.name, made.sha_1), ("small.bin", hashlib.sha1(content).hexdigest()))
    equal((after.id, after.name, after.size), (made.id, "larger.bin", 2 * len(content)))
    (line,) = [line for line in truth_of(user["id"]) if line["id"] == made.id]
    equal((line["versions"], line["sha256"]), (2, hashlib.sha256(content * 2).hexdigest()))


@check
def a_large_file_is_uploaded_in_parts():
    box, user = as_user(1)
    content = bytes_of(b"first")
    with Writing():
        made = box.chunked_uploads.upload_big_file(io.BytesIO(content), "large.bin", LARGE, "0")
        refused(409, lambda: box.chunked_uploads.create_file_upload_session("0", LARGE, "large.bin"))
    equal((made.name, made.sha_1), ("large.bin", hashlib.sha1(content).hexdigest()))
    (line,) = [line for line in truth_of(user["id"]) if line["id"] == made.id]
    equal((line["size"], line["sha256"]), (LARGE, hashlib.sha256(content).hexdigest()))


@check
def a_new_version_is_uploaded_in_parts_that_are_listed_and_checked():
    box, user = as_user(1)
    (number,) = change(op="box.file.add", user=user["address"], name="small.bin", text="small")
    content = bytes_of(b"second")
    uploads = box.chunked_uploads
    with Writing():
        session = uploads.create_file_upload_session_for_existing_file(number, LARGE)
        size, sent = session.part_size, []
        for start in range(0, LARGE, size):
            part = content[start : start + size]
            digest = base64.b64encode(hashlib.sha1(part).digest()).decode()
            where = f"bytes {start}-{start + len(part) - 1}/{LARGE}"
            put = lambda digest, where=where, part=part: uploads.upload_file_part(
                session.id, io.BytesIO(part), f"sha={digest}", where
            )
            refused(412, lambda: put(base64.b64encode(bytes(20)).decode()))
            sent.append(put(digest).part)
        first = io.BytesIO(content[:size])
        digest = "sha=" + base64.b64encode(hashlib.sha1(content[:size]).digest()).decode()
        refused(416, lambda: uploads.upload_file_part(session.id, first, digest, f"bytes 1-{size}/{LARGE}"))
        equal(uploads.get_file_upload_session_by_id(session.id).num_parts_processed, session.total_parts)
        listed = uploads.get_file_upload_session_parts(session.id).entries
        equal([part.part_id for part in listed], [part.part_id for part in sent])
        whole = "sha=" + base64.b64encode(hashlib.sha1(content).digest()).decode()
        refused(400, lambda: uploads.create_file_upload_session_commit(session.id, sent[1:], whole))
        (file,) = uploads.create_file_upload_session_commit(session.id, sent, whole).entries
        refused(404, lambda: uploads.get_file_upload_session_by_id(session.id))
    equal((file.id, file.sha_1), (number, hashlib.sha1(content).hexdigest()))
    equal(len(box.file_versions.get_file_versions(number).entries), 1)


@check
def an_upload_that_is_given_up_leaves_nothing():
    box, user = as_user(1)
    with Writing():
        session = box.chunked_uploads.create_file_upload_session("0", LARGE, "given up.bin")
        box.chunked_uploads.delete_file_upload_session_by_id(session.id)
        refused(404, lambda: box.chunked_uploads.get_file_upload_session_parts(session.id))
    assert all(line["name"] != "given up.bin" for line in truth_of(user["id"]))


@check
def a_template_says_what_may_be_said_of_a_file():
    admin, (box, user) = client(), as_user(1)
    kinds = CreateMetadataTemplateFieldsTypeField
    options = [CreateMetadataTemplateFieldsOptionsField(key=key) for key in ("draft", "final")]
    fields = [
        CreateMetadataTemplateFields(type=kinds.STRING, key="owner", display_name="Owner"),
        CreateMetadataTemplateFields(type=kinds.ENUM, key="state", display_name="State", options=options),
    ]
    made = admin.metadata_templates.create_metadata_template("enterprise", "Contract State", fields=fields)
    equal(made.template_key, "contractState")
    found = admin.metadata_templates.get_metadata_template(GetMetadataTemplateScope.ENTERPRISE, made.template_key)
    equal((found.id, [field.key for field in found.fields]), (made.id, ["owner", "state"]))
    listed = admin.metadata_templates.get_enterprise_metadata_templates().entries
    assert made.id in [template.id for template in listed]
    assert admin.metadata_templates.get_global_metadata_templates().entries

    (number,) = change(op="box.file.add", user=user["address"], name="contract.txt", text="x")
    metadata, key = box.file_metadata, made.template_key
    create = lambda **values: metadata.create_file_metadata_by_id(
        number, CreateFileMetadataByIdScope.ENTERPRISE, key, values
    )
    refused(403, lambda: create(owner="Ada"))
    with Writing():
        refused(400, lambda: create(owner="Ada", state="unknown"))
        create(owner="Ada", state="draft")
        refused(409, lambda: create(owner="Ada"))
        replace = UpdateFileMetadataByIdRequestBodyOpField.REPLACE
        step = UpdateFileMetadataByIdRequestBody(op=replace, path="/state", value="final")
        after = metadata.update_file_metadata_by_id(number, UpdateFileMetadataByIdScope.ENTERPRISE, key, [step])
        equal((after.extra_data["state"], after.version), ("final", 1))
    ops, step = UpdateMetadataTemplateRequestBodyOpField, UpdateMetadataTemplateRequestBody
    change_template = lambda *steps: admin.metadata_templates.update_metadata_template(
        UpdateMetadataTemplateScope.ENTERPRISE, key, list(steps)
    )
    rename = step(ops.EDITENUMOPTION, field_key="state", enum_option_key="final", data={"key": "signed"})
    refused(400, lambda: change_template(rename, step(ops.REMOVEFIELD, field_key="none")))
    changed = change_template(rename, step(ops.ADDFIELD, data={"type": "string", "key": "note", "displayName": "Note"}))
    equal([field.key for field in changed.fields], ["owner", "state", "note"])
    read = metadata.get_file_metadata_by_id(number, GetFileMetadataByIdScope.ENTERPRISE, key)
    equal((read.extra_data["owner"], read.extra_data["state"]), ("Ada", "signed"))
    fields = [f"metadata.{made.scope}.{key}"]
    equal(box.files.get_file_by_id(number, fields=fields).metadata.extra_data[made.scope][key]["owner"], "Ada")
    equal(len(metadata.get_file_metadata(number).entries), 1)
    with Writing():
        metadata.delete_file_metadata_by_id(number, DeleteFileMetadataByIdScope.ENTERPRISE, key)
    refused(404, lambda: metadata.get_file_metadata_by_id(number, GetFileMetadataByIdScope.ENTERPRISE, key))


@check
def aliases_belong_to_their_user():
    admin, (_, user) = client(), as_user(1)
    change(op="box.user.add_alias", user=user["address"], address="another.name@example.com")
    aliases = admin.email_aliases.get_user_email_aliases(user["id"]).entries
    assert ("another.name@example.com", True) in [(alias.email, alias.is_confirmed) for alias in aliases]
