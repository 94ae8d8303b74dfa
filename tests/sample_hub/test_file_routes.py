from base64 import b64decode
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.store import File, Store
from tests.sample_hub.conftest import GRANTED, UNLIMITED
from tests.sample_hub.http_client import HttpClient, get_once, next_page

TruthRows = list[dict[str, Any]]


def model_with_oddity(truth_rows: TruthRows, oddity: str) -> str:
    return next(str(row["model_id"]) for row in truth_rows if row["oddity"] == oddity)


def ordinary_model(truth_rows: TruthRows) -> str:
    """A model whose card is an ordinary text without oddities."""
    return next(
        str(row["model_id"]) for row in truth_rows if row["card_kind"] == "written" and not row["oddity"] and row["card_status"] == 200
    )


def card(model_id: str, revision: str = "main") -> str:
    return f"/{model_id}/resolve/{revision}/README.md"


def test_a_card_is_served_by_a_redirect_to_the_cache_of_its_commit(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    first = get_once(hub.url, card(model_id))
    sha = first.headers["x-repo-commit"]
    assert first.status == 307
    assert first.headers["location"].startswith(f"/api/resolve-cache/models/{model_id}/{sha}/README.md?%2F")
    body = get_once(hub.url, first.headers["location"])
    blob = sha1(b"blob %d\0" % len(body.body) + body.body).hexdigest()
    assert (body.status, body.headers["etag"], body.headers["x-repo-commit"]) == (200, f'"{blob}"', sha)
    assert int(body.headers["content-length"]) == len(body.body)


def test_head_of_a_card_has_the_same_headers_and_no_body(hub: PracticeHub, truth_models: TruthRows) -> None:
    with HttpClient(hub.url) as client:
        location = client.get(card(ordinary_model(truth_models)), "HEAD").headers["location"]
        head, get = client.get(location, "HEAD"), client.get(location)
    assert head.body == b""
    assert {name: head.headers[name] for name in ("etag", "content-length", "x-repo-commit")} == {
        name: get.headers[name] for name in ("etag", "content-length", "x-repo-commit")
    }


def test_an_unchanged_card_returns_304(hub: PracticeHub, truth_models: TruthRows) -> None:
    with HttpClient(hub.url) as client:
        path = card(ordinary_model(truth_models))
        etag = client.get_following_redirects(path).headers["etag"]
        assert client.get(path, If_None_Match=etag).status == 304
        assert client.get_following_redirects(path, If_None_Match=f'W/{etag}, "other"').status == 304
        assert client.get_following_redirects(path, If_None_Match='"other"').status == 200


def test_text_is_compressed_and_chunked_if_the_client_accepts_gzip(hub: PracticeHub, truth_models: TruthRows) -> None:
    with HttpClient(hub.url) as client:
        response = client.get_following_redirects(card(ordinary_model(truth_models)), Accept_Encoding="gzip, deflate")
    assert response.headers["content-encoding"] == "gzip"
    assert "content-length" not in response.headers
    assert response.body[:2] == b"\x1f\x8b"


def test_an_empty_card_is_served_without_a_redirect(hub: PracticeHub, truth_models: TruthRows) -> None:
    empty = get_once(hub.url, card(model_with_oddity(truth_models, "card_empty")))
    assert (empty.status, empty.body) == (200, b"")


def test_a_card_of_a_name_without_an_author_is_served_without_a_redirect(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        small_store.rename(client.get("/api/models?limit=1").json[0]["id"], "canonical")
        small_store.write_file("canonical", File("README.md", b"# canonical\n"))
        assert client.get(card("canonical")).body == b"# canonical\n"


def test_a_large_file_redirects_to_storage_and_its_raw_content_is_a_pointer(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = model_with_oddity(truth_models, "card_lfs")
    with HttpClient(hub.url) as client:
        response = client.get(card(model_id))
        stored = client.get(response.headers["location"])
        content, xet_hash = stored.body, response.headers["x-xet-hash"]
        assert (response.status, response.headers["cache-control"]) == (302, "no-store")
        assert response.headers["x-linked-etag"] == f'"{sha256(content).hexdigest()}"'
        assert stored.headers["etag"] == f'"{xet_hash}"' != response.headers["x-linked-etag"] and len(xet_hash) == 64
        assert client.get(response.headers["location"].partition("?")[0]).status == 403, "the address is signed"
        assert int(response.headers["x-linked-size"]) == len(content) > 200
        assert client.get(f"/{model_id}/raw/main/README.md").body.startswith(b"version https://git-lfs.github.com/spec/v1\noid sha256:")


@pytest.mark.parametrize(("host", "redirect_host"), [("127.0.0.1:1", "localhost:1"), ("localhost:1", "127.0.0.1:1"), ("hub:1", "hub:1")])
def test_a_large_file_is_on_another_host_for_local_clients_only(
    hub: PracticeHub, truth_models: TruthRows, host: str, redirect_host: str
) -> None:
    response = get_once(hub.url, card(model_with_oddity(truth_models, "card_lfs")), Host=host)
    assert response.headers["location"].startswith(f"http://{redirect_host}/xet-bridge/")


def test_a_short_commit_is_accepted_by_resolve_only(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    sha = get_once(hub.url, card(model_id)).headers["x-repo-commit"]
    assert [get_once(hub.url, card(model_id, sha[:length])).status for length in (7, 6)] == [307, 404]
    assert get_once(hub.url, f"/api/resolve-cache/models/{model_id}/{sha[:7]}/README.md").status == 400


def test_the_cache_requires_the_full_commit_of_the_repo(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    assert get_once(hub.url, f"/api/resolve-cache/models/{model_id}/main/README.md").status == 400
    other = get_once(hub.url, f"/api/resolve-cache/models/{model_id}/{'ab' * 20}/README.md")
    assert (other.status, other.headers["x-error-code"]) == (404, "RevisionNotFound")


def test_not_found_errors_state_what_is_missing(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    revision = get_once(hub.url, card(model_id, "refs%2Fpr%2F1"))
    assert (revision.status, revision.headers["x-error-code"], revision.body) == (404, "RevisionNotFound", b"Invalid rev id: refs/pr/1")
    entry = get_once(hub.url, f"/{model_id}/resolve/main/nothing.md")
    assert (entry.status, entry.headers["x-error-code"], entry.body) == (404, "EntryNotFound", b"Entry not found")
    assert (entry.headers["etag"], entry.headers["content-type"]) == ('W/"f-mY2VvLxuxB7KhsoOdQTlMTccuAQ"', "text/plain")
    assert "x-repo-commit" in entry.headers
    tree = get_once(hub.url, f"/api/models/{model_id}/tree/main/README.md")
    assert (tree.status, tree.headers["x-error-code"], tree.json["error"]) == (404, "EntryNotFound", 'README.md does not exist on "main"')


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/nobody/nothing/resolve/main/README.md", b"Invalid username or password."),
        ("/api/models/nobody/nothing", b'{"error":"Invalid username or password."}'),
        ("/api/models/nobody/nothing/tree/main", b'{"error":"Invalid username or password."}'),
    ],
)
def test_a_missing_repo_is_a_bare_401_without_a_token_and_404_with_one(hub: PracticeHub, path: str, body: bytes) -> None:
    stranger, user = get_once(hub.url, path), get_once(hub.url, path, Authorization="Bearer hf_user")
    assert (stranger.status, stranger.body) == (401, body)
    assert "x-error-code" not in stranger.headers
    assert stranger.headers["www-authenticate"].startswith("Bearer")
    assert (user.status, user.headers["x-error-code"]) == (404, "RepoNotFound")


@pytest.mark.parametrize("path", ["/api/models/nobody/nothing", "/api/models?limit=1"])
def test_a_malformed_token_is_refused_everywhere(hub: PracticeHub, path: str) -> None:
    response = get_once(hub.url, path, Authorization="Bearer junk")
    assert (response.status, response.headers["x-error-message"]) == (401, "Invalid credentials in Authorization header")


def test_a_hub_may_require_a_token(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, required_token="hf_mine") as hub:
        callers: list[dict[str, str]] = [{}, {"Authorization": "Bearer hf_other"}, {"Authorization": "Bearer hf_mine"}]
        responses = [get_once(hub.url, "/api/models?limit=1", **headers) for headers in callers]
    messages = [response.headers.get("x-error-message") for response in responses]
    assert [response.status for response in responses] == [401, 401, 200]
    assert messages == ["Invalid username or password.", "Invalid credentials in Authorization header", None]
    assert ["x-hf-warning" in response.headers for response in responses] == [True, False, False]


def test_a_repo_deleted_after_the_listing_is_listed_but_not_found(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = model_with_oddity(truth_models, "gone_since_listed")
    assert model_id in [item["id"] for item in get_once(hub.url, "/api/models?sort=createdAt").json]
    assert [get_once(hub.url, path).status for path in (card(model_id), f"/api/models/{model_id}")] == [401, 401]


def test_a_disabled_repo_returns_403(hub: PracticeHub, truth_models: TruthRows) -> None:
    response = get_once(hub.url, card(model_with_oddity(truth_models, "disabled")))
    assert (response.status, response.headers["x-error-message"]) == (403, "Access to this resource is disabled.")


def test_a_gated_repo_serves_its_card_to_everyone_and_other_files_to_granted_tokens(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, granted_tokens=[GRANTED]) as hub, HttpClient(hub.url) as client:
        model_id = str(client.get("/api/models?sort=createdAt&limit=1").json[0]["id"])
        small_store.write_file(model_id, File("README.md", b"# gated\n"))
        small_store.write_file(model_id, File("readme.md", b"# also gated\n"))
        small_store.update(model_id, gated="manual")
        rest, raw, unknown = f"/{model_id}/resolve/main/readme.md", f"/{model_id}/raw/main/README.md", f"/{model_id}/resolve/none/none.md"
        assert client.get_following_redirects(card(model_id)).body == b"# gated\n"
        for path in (rest, raw, unknown):  # access is checked before the existence of the file is revealed
            stranger, user = client.get(path), client.get(path, Authorization="Bearer hf_user")
            assert (stranger.status, stranger.headers["x-error-code"]) == (401, "GatedRepo")
            assert (user.status, user.headers["x-error-code"]) == (403, "GatedRepo")
        assert client.get(rest, Authorization=f"Bearer {GRANTED}").body == b"# also gated\n"
        assert client.get(f"/api/models/{model_id}").json["gated"] == "manual"


def test_a_gated_repo_without_a_card_returns_entry_not_found(hub: PracticeHub, truth_models: TruthRows) -> None:
    response = get_once(hub.url, card(model_with_oddity(truth_models, "gated_without_card")))
    assert (response.status, response.headers["x-error-code"]) == (404, "EntryNotFound")


def test_hashes_of_large_files_are_masked_without_access_to_a_gated_repo(hub: PracticeHub, truth_models: TruthRows) -> None:
    tree = f"/api/models/{model_with_oddity(truth_models, 'gated_manual')}/tree/main"
    masked, open_ = (
        [entry["lfs"]["oid"] for entry in get_once(hub.url, tree, **headers).json if "lfs" in entry]
        for headers in ({}, {"Authorization": f"Bearer {GRANTED}"})
    )
    assert set(masked) == {"*" * 64}
    assert len(open_) == len(masked) and "*" not in "".join(open_)


def test_a_name_in_another_letter_case_redirects_on_the_api_and_leads_directly_to_files(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    moved = get_once(hub.url, f"/api/models/{model_id.upper()}?expand[]=author")
    assert (moved.status, moved.headers["location"]) == (307, f"/api/models/{model_id}?expand[]=author")
    assert get_once(hub.url, card(model_id.upper())).headers["location"] == get_once(hub.url, card(model_id)).headers["location"]


def test_two_names_that_differ_only_by_letter_case_are_two_repos(hub: PracticeHub, truth_models: TruthRows) -> None:
    twin = model_with_oddity(truth_models, "case_twin")
    owner, name = twin.split("/")
    both = [get_once(hub.url, f"/api/models/{owner}/{spelling}").json["_id"] for spelling in (name, name.swapcase())]
    assert len(set(both)) == 2


def test_the_old_name_of_a_renamed_model_redirects(hub: PracticeHub, truth_models: TruthRows) -> None:
    row = next(row for row in truth_models if row["old_names"] and row["card_status"] == 200)
    (old,) = row["old_names"]
    assert get_once(hub.url, f"/api/models/{old}").headers["location"] == f"/api/models/{row['model_id']}"
    assert get_once(hub.url, f"/api/models/{old}/revision/main").headers["location"] == f"/api/models/{row['model_id']}/revision/main"
    cached = get_once(hub.url, card(old))
    assert cached.status == 200 or cached.headers["location"].startswith(f"/api/resolve-cache/models/{row['model_id']}/"), "without a hop"


def test_the_name_of_a_deleted_repo_may_lead_to_another_one(small_store: Store) -> None:
    first, second = (orjson.loads(small_store.item(hub_id))["id"] for hub_id in list(small_store.hub_ids())[:2])
    small_store.delete(first)
    small_store.redirect(first, second)
    with PracticeHub(small_store, quotas=UNLIMITED) as hub:
        assert get_once(hub.url, f"/api/models/{first}").headers["location"] == f"/api/models/{second}"


def test_a_push_changes_the_commit_and_the_card(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        before = client.get("/api/models?sort=createdAt&limit=1&expand=sha").json[0]
        small_store.write_file(before["id"], File("README.md", b"# new\n"))
        after = client.get("/api/models?sort=createdAt&limit=1&expand=sha&expand=siblings").json[0]
        assert after["sha"] != before["sha"]
        assert {"rfilename": "README.md"} in after["siblings"]
        assert client.get_following_redirects(card(before["id"])).body == b"# new\n"


def test_blobs_and_trees_contain_sizes_and_object_ids(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    with HttpClient(hub.url) as client:
        readme = client.get_following_redirects(card(model_id))
        siblings = client.get(f"/api/models/{model_id}?blobs=true").json["siblings"]
        expected = next(sibling for sibling in siblings if sibling["rfilename"] == "README.md")
        assert (expected["blobId"], expected["size"]) == (readme.headers["etag"].strip('"'), len(readme.body))
        tree = client.get(f"/api/models/{model_id}/tree/main").json
    assert [entry["path"] for entry in tree] == [sibling["rfilename"] for sibling in siblings]


def test_a_tree_is_paged_and_listed_by_folder(hub: PracticeHub, truth_models: TruthRows) -> None:
    model_id = model_with_oddity(truth_models, "siblings_many")
    with HttpClient(hub.url) as client:
        top = client.get(f"/api/models/{model_id}/tree/main").json
        assert {"clips"} == {entry["path"] for entry in top if entry["type"] == "directory"}
        pages = list(client.pages(f"/api/models/{model_id}/tree/main/clips?limit=200"))
        expanded = client.get(f"/api/models/{model_id}/tree/main/clips?limit=200&expand=true")
    assert [len(page) for page in pages] == [200, 200, 100]
    assert len(expanded.json) == 50
    cursor = parse_qs(urlsplit(str(next_page(expanded))).query)["cursor"][0]
    assert b64decode(cursor).endswith(b":50")


def test_configurations_contained_in_the_item_can_be_fetched(hub: PracticeHub) -> None:
    peft = get_once(hub.url, "/api/models?filter=peft&config=true&sort=createdAt&limit=1").json[0]
    with HttpClient(hub.url) as client:
        assert client.get_following_redirects(f"/{peft['id']}/resolve/main/adapter_config.json").json == peft["config"]["peft"]
