from hashlib import sha1
from typing import Any

import pytest

from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import File, Store
from tests.sample_hub.asking import Asking, ask
from tests.sample_hub.conftest import GRANTED, PLENTY

Planted = list[dict[str, Any]]


def odd(planted: Planted, oddity: str) -> str:
    return next(str(row["model_id"]) for row in planted if row["oddity"] == oddity)


def plain(planted: Planted) -> str:
    """A model whose card is an ordinary text."""
    return next(
        str(row["model_id"]) for row in planted if row["card_kind"] == "written" and not row["oddity"] and row["card_status"] == 200
    )


def card(model_id: str, revision: str = "main") -> str:
    return f"/{model_id}/resolve/{revision}/README.md"


def test_a_card_comes_by_a_redirect_to_the_cache_of_its_commit(hub: Hub, planted_models: Planted) -> None:
    model_id = plain(planted_models)
    first = ask(hub.url, card(model_id))
    sha = first.headers["x-repo-commit"]
    assert first.status == 307
    assert first.headers["location"].startswith(f"/api/resolve-cache/models/{model_id}/{sha}/README.md?%2F")
    body = ask(hub.url, first.headers["location"])
    blob = sha1(b"blob %d\0" % len(body.body) + body.body).hexdigest()
    assert (body.status, body.headers["etag"], body.headers["x-repo-commit"]) == (200, f'"{blob}"', sha)
    assert int(body.headers["content-length"]) == len(body.body)


def test_the_head_of_a_card_tells_the_same_and_has_no_body(hub: Hub, planted_models: Planted) -> None:
    with Asking(hub.url) as asking:
        location = asking.get(card(plain(planted_models)), "HEAD").headers["location"]
        head, get = asking.get(location, "HEAD"), asking.get(location)
    assert head.body == b""
    assert {name: head.headers[name] for name in ("etag", "content-length", "x-repo-commit")} == {
        name: get.headers[name] for name in ("etag", "content-length", "x-repo-commit")
    }


def test_a_known_card_is_not_sent_again(hub: Hub, planted_models: Planted) -> None:
    with Asking(hub.url) as asking:
        path = card(plain(planted_models))
        etag = asking.followed(path).headers["etag"]
        assert asking.get(path, If_None_Match=etag).status == 304
        assert asking.followed(path, If_None_Match=f'W/{etag}, "other"').status == 304
        assert asking.followed(path, If_None_Match='"other"').status == 200


def test_text_is_packed_without_a_length_when_the_client_takes_gzip(hub: Hub, planted_models: Planted) -> None:
    with Asking(hub.url) as asking:
        answer = asking.followed(card(plain(planted_models)), Accept_Encoding="gzip, deflate")
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-length" not in answer.headers
    assert answer.body[:2] == b"\x1f\x8b"


def test_an_empty_card_is_served_at_once(hub: Hub, planted_models: Planted) -> None:
    empty = ask(hub.url, card(odd(planted_models, "card_empty")))
    assert (empty.status, empty.body) == (200, b"")


def test_a_card_of_a_name_without_an_author_is_served_at_once(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY) as hub, Asking(hub.url) as asking:
        small_store.rename(asking.get("/api/models?limit=1").json[0]["id"], "canonical")
        small_store.write_file("canonical", File("README.md", b"# canonical\n"))
        assert asking.get(card("canonical")).body == b"# canonical\n"


def test_a_large_file_is_elsewhere_and_its_pointer_is_raw(hub: Hub, planted_models: Planted) -> None:
    model_id = odd(planted_models, "card_lfs")
    with Asking(hub.url) as asking:
        answer = asking.get(card(model_id))
        content = asking.get(answer.headers["location"]).body
        assert answer.status == 302
        assert int(answer.headers["x-linked-size"]) == len(content) > 200
        assert len(answer.headers["x-linked-etag"].strip('"')) == 64
        assert asking.get(f"/{model_id}/raw/main/README.md").body.startswith(b"version https://git-lfs.github.com/spec/v1\noid sha256:")


@pytest.mark.parametrize(("asked", "leads_to"), [("127.0.0.1:1", "localhost:1"), ("localhost:1", "127.0.0.1:1"), ("hub:1", "hub:1")])
def test_only_on_the_machine_itself_a_large_file_is_on_another_host(hub: Hub, planted_models: Planted, asked: str, leads_to: str) -> None:
    answer = ask(hub.url, card(odd(planted_models, "card_lfs")), Host=asked)
    assert answer.headers["location"].startswith(f"http://{leads_to}/lfs-store/")


def test_the_cache_wants_the_whole_commit_of_that_repo(hub: Hub, planted_models: Planted) -> None:
    model_id = plain(planted_models)
    assert ask(hub.url, f"/api/resolve-cache/models/{model_id}/main/README.md").status == 400
    other = ask(hub.url, f"/api/resolve-cache/models/{model_id}/{'ab' * 20}/README.md")
    assert (other.status, other.headers["x-error-code"]) == (404, "RevisionNotFound")


def test_what_is_missing_says_which_part_is_missing(hub: Hub, planted_models: Planted) -> None:
    model_id = plain(planted_models)
    revision = ask(hub.url, card(model_id, "refs%2Fpr%2F1"))
    assert (revision.status, revision.headers["x-error-code"], revision.json["error"]) == (
        404,
        "RevisionNotFound",
        "Invalid rev id: refs/pr/1",
    )
    entry = ask(hub.url, f"/{model_id}/resolve/main/nothing.md")
    assert (entry.status, entry.headers["x-error-code"], entry.body) == (404, "EntryNotFound", b"Entry not found")
    assert "x-repo-commit" in entry.headers


@pytest.mark.parametrize(
    "path", ["/nobody/nothing/resolve/main/README.md", "/api/models/nobody/nothing", "/api/models/nobody/nothing/tree/main"]
)
def test_a_missing_repo_is_401_to_strangers_and_404_to_a_user(hub: Hub, path: str) -> None:
    stranger, user = ask(hub.url, path), ask(hub.url, path, Authorization="Bearer hf_user")
    assert (stranger.status, stranger.json, stranger.headers["x-error-code"]) == (
        401,
        {"error": "Invalid username or password."},
        "RepoNotFound",
    )
    assert stranger.headers["www-authenticate"].startswith("Bearer")
    assert (user.status, user.headers["x-error-code"]) == (404, "RepoNotFound")


def test_a_token_that_is_none_is_refused(hub: Hub) -> None:
    answer = ask(hub.url, "/api/models/nobody/nothing", Authorization="Bearer junk")
    assert (answer.status, answer.headers["x-error-message"]) == (401, "Invalid credentials in Authorization header")


def test_a_repo_that_went_after_the_list_is_listed_but_not_there(hub: Hub, planted_models: Planted) -> None:
    model_id = odd(planted_models, "gone_since_listed")
    assert model_id in [item["id"] for item in ask(hub.url, "/api/models?sort=createdAt").json]
    assert [ask(hub.url, path).status for path in (card(model_id), f"/api/models/{model_id}")] == [401, 401]


def test_a_disabled_repo_answers_403(hub: Hub, planted_models: Planted) -> None:
    answer = ask(hub.url, card(odd(planted_models, "disabled")))
    assert (answer.status, answer.headers["x-error-message"]) == (403, "Access to this resource is disabled.")


def test_a_gate_lets_everyone_read_the_card_and_only_members_the_rest(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, granted_tokens=[GRANTED]) as hub, Asking(hub.url) as asking:
        model_id = str(asking.get("/api/models?sort=createdAt&limit=1").json[0]["id"])
        small_store.write_file(model_id, File("README.md", b"# gated\n"))
        small_store.write_file(model_id, File("readme.md", b"# also gated\n"))
        small_store.update(model_id, gated="manual")
        rest, raw, unknown = f"/{model_id}/resolve/main/readme.md", f"/{model_id}/raw/main/README.md", f"/{model_id}/resolve/none/none.md"
        assert asking.followed(card(model_id)).body == b"# gated\n"
        for path in (rest, raw, unknown):  # the gate comes before any word on existence
            stranger, user = asking.get(path), asking.get(path, Authorization="Bearer hf_user")
            assert (stranger.status, stranger.headers["x-error-code"]) == (401, "GatedRepo")
            assert (user.status, user.headers["x-error-code"]) == (403, "GatedRepo")
        assert asking.get(rest, Authorization=f"Bearer {GRANTED}").body == b"# also gated\n"
        assert asking.get(f"/api/models/{model_id}").json["gated"] == "manual"


def test_a_gated_repo_without_a_card_says_so(hub: Hub, planted_models: Planted) -> None:
    answer = ask(hub.url, card(odd(planted_models, "gated_without_card")))
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")


def test_hashes_of_large_files_are_masked_before_a_gate(hub: Hub, planted_models: Planted) -> None:
    tree = f"/api/models/{odd(planted_models, 'gated_manual')}/tree/main"
    masked, open_ = (
        [entry["lfs"]["oid"] for entry in ask(hub.url, tree, **headers).json if "lfs" in entry]
        for headers in ({}, {"Authorization": f"Bearer {GRANTED}"})
    )
    assert set(masked) == {"*" * 64}
    assert len(open_) == len(masked) and "*" not in "".join(open_)


def test_a_name_in_another_case_answers_with_the_true_one(hub: Hub, planted_models: Planted) -> None:
    model_id = plain(planted_models)
    assert ask(hub.url, f"/api/models/{model_id.upper()}").json["id"] == model_id


def test_of_two_names_that_differ_by_case_each_is_its_own(hub: Hub, planted_models: Planted) -> None:
    twin = odd(planted_models, "case_twin")
    both = [ask(hub.url, f"/api/models/{name}").json["_id"] for name in (twin, twin.swapcase())]
    assert len(set(both)) == 2


def test_a_renamed_model_leads_on_from_its_old_name(hub: Hub, planted_models: Planted) -> None:
    row = next(row for row in planted_models if row["old_names"] and row["card_status"] == 200)
    (old,) = row["old_names"]
    assert ask(hub.url, f"/api/models/{old}").headers["location"] == f"/api/models/{row['model_id']}"
    assert ask(hub.url, f"/api/models/{old}/revision/main").headers["location"] == f"/api/models/{row['model_id']}/revision/main"
    with Asking(hub.url) as asking:
        assert asking.followed(card(old)).status == 200


def test_a_push_changes_the_commit_and_what_the_card_says(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY) as hub, Asking(hub.url) as asking:
        before = asking.get("/api/models?sort=createdAt&limit=1&expand=sha").json[0]
        small_store.write_file(before["id"], File("README.md", b"# new\n"))
        after = asking.get("/api/models?sort=createdAt&limit=1&expand=sha&expand=siblings").json[0]
        assert after["sha"] != before["sha"]
        assert {"rfilename": "README.md"} in after["siblings"]
        assert asking.followed(card(before["id"])).body == b"# new\n"


def test_blobs_and_trees_tell_sizes_and_object_ids(hub: Hub, planted_models: Planted) -> None:
    model_id = plain(planted_models)
    with Asking(hub.url) as asking:
        readme = asking.followed(card(model_id))
        siblings = asking.get(f"/api/models/{model_id}?blobs=true").json["siblings"]
        told = next(sibling for sibling in siblings if sibling["rfilename"] == "README.md")
        assert (told["blobId"], told["size"]) == (readme.headers["etag"].strip('"'), len(readme.body))
        tree = asking.get(f"/api/models/{model_id}/tree/main").json
    assert [entry["path"] for entry in tree] == [sibling["rfilename"] for sibling in siblings]


def test_a_tree_comes_in_pages_and_folder_by_folder(hub: Hub, planted_models: Planted) -> None:
    model_id = odd(planted_models, "siblings_many")
    with Asking(hub.url) as asking:
        top = asking.get(f"/api/models/{model_id}/tree/main").json
        assert {"clips"} == {entry["path"] for entry in top if entry["type"] == "directory"}
        pages = list(asking.pages(f"/api/models/{model_id}/tree/main/clips?limit=200"))
    assert [len(page) for page in pages] == [200, 200, 100]


def test_configurations_that_the_item_tells_can_be_fetched(hub: Hub) -> None:
    peft = ask(hub.url, "/api/models?filter=peft&config=true&sort=createdAt&limit=1").json[0]
    with Asking(hub.url) as asking:
        assert asking.followed(f"/{peft['id']}/resolve/main/adapter_config.json").json == peft["config"]["peft"]
