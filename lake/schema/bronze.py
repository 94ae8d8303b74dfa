"""Bronze: what the Hub sent, response by response. Only the crawler writes here; nothing is interpreted."""

from hublake.lake.enums import ACCOUNT_KINDS, CARD_ENCODINGS, CHECK_FINDINGS, CRAWL_KINDS, CRAWL_OUTCOMES, SPIDERS
from hublake.lake.schema.columns import BY_SNAPSHOT, CRAWL_ID, FETCHED_AT, HUB_ID, REPO_TYPE, SHA, SNAPSHOT_DATE, count, share
from hublake.lake.schema.declaration import Column, Table

LISTINGS = Table(
    "listings",
    layer="bronze",
    comment="Every item of the Hub's listings, as sent",
    grain="one row per listed item per crawl",
    key=("crawl_id", "repo_type", "page", "position"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        count("page", "Page number within the crawl, from 0"),
        count("position", "Position of the item on its page, from 0"),
        Column("hub_id", "string", "The item's `_id`; null if the Hub sent none"),
        Column("repo_id", "string", "The item's `id` (or `modelId`); null if the Hub sent none"),
        FETCHED_AT,
        Column("body", "string", "The item's JSON, character for character as sent", required=True),
    ),
)

CARDS = Table(
    "cards",
    layer="bronze",
    comment="Every response to a request for a card, with the card's bytes if it was one",
    grain="one row per fetched card",
    key=("crawl_id", "repo_type", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        HUB_ID,
        Column("repo_id", "string", "Name under which the card was requested", required=True),
        SHA,
        Column(
            "status",
            "integer",
            "HTTP status of the last response; 304: unchanged; the bytes are in the earlier row with this etag",
            required=True,
            at_least=200,
            at_most=599,
        ),
        Column("etag", "string", "ETag without quotes: git blob sha1, or sha256 for an LFS file"),
        FETCHED_AT,
        count("card_bytes", "Size of the card as served; null unless status is 200", required=False),
        Column("encoding", "string", "Text encoding detected from the bytes; null unless status is 200", values=CARD_ENCODINGS),
        Column("is_truncated", "boolean", "Whether body contains only the first part of the card", required=True),
        Column("body", "binary", "The card's bytes; null unless status is 200, because the body of an error is never a card"),
    ),
)

ACCOUNTS = Table(
    "accounts",
    layer="bronze",
    comment="The Hub's overviews of the users and organisations that own models, without members, followers and likers",
    grain="one row per account looked up",
    key=("crawl_id", "account"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        Column("account", "string", "Name as it appears before the slash in model ids", required=True),
        Column("kind", "string", "Which of the Hub's routes knew the account; null unless status is 200", values=ACCOUNT_KINDS),
        Column(
            "status", "integer", "HTTP status of the last response; 404: neither route knows it", required=True, at_least=200, at_most=599
        ),
        FETCHED_AT,
        Column("body", "string", "The overview's JSON as sent; null unless status is 200"),
    ),
)

CRAWL_RUNS = Table(
    "crawl_runs",
    layer="bronze",
    comment="What each run of a spider did and how it ended",
    grain="one row per run of one spider and shard",
    key=("crawl_id", "spider", "shard", "started_at"),
    at_least_rows=1,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        Column("spider", "string", "Which spider ran", required=True, values=SPIDERS),
        Column("shard", "string", "I/N: part I of N; 0/1 is the complete frontier", required=True),
        Column("started_at", "timestamp", "Time of the first request (UTC)", required=True),
        Column("finished_at", "timestamp", "Time when the last row was stored (UTC)", required=True),
        Column("outcome", "string", "How the run ended", required=True, values=CRAWL_OUTCOMES),
        count("requests", "Requests sent, including retries and redirects"),
        count("items", "Rows written"),
        count("refused", "Responses with status 429"),
        count("retries", "Requests sent again"),
        count("failures", "Requests given up; see crawl_failures"),
        share("budget_share", "Part of the main bucket's quota that the run used; null if the server sent no quota", required=False),
        Column("kind", "string", "How much the crawl covers; null means whole", values=CRAWL_KINDS),
        count(
            "crawl_items",
            "Rows of this crawl and shard in bronze at the end, including those of earlier runs that this run resumed",
            required=False,
        ),
    ),
)

HUB_PROBES = Table(
    "hub_probes",
    layer="bronze",
    comment="What a hub answered to a probe (hublake crawl models --probe), and what a crawl of it would cost",
    grain="one row per question and probe",
    key=("endpoint", "probed_at", "position"),
    columns=(
        SNAPSHOT_DATE,
        Column("probed_at", "timestamp", "Time of the probe (UTC)", required=True),
        Column("endpoint", "string", "Address of the hub", required=True),
        count("position", "Order of the question, from 0"),
        Column("question", "string", "What was probed", required=True),
        Column("answer", "string", "What the response shows, in words", required=True),
        Column("status", "integer", "HTTP status of the response; null if no single response answers the question"),
    ),
)

LISTING_CERTIFICATES = Table(
    "listing_certificates",
    layer="bronze",
    comment="Why a finished listing counts as complete: its stored rows, and a recheck of some of its pages",
    grain="one row per completed listing",
    key=("crawl_id", "repo_type"),
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        count("pages", "Pages stored"),
        count("items", "Items stored"),
        count("unidentified_items", "Of these, items without `_id`"),
        Column("first_hub_id", "string", "`_id` of the first item; null if no item has one"),
        Column("last_hub_id", "string", "`_id` of the last item; null if no item has one"),
        Column("is_ascending", "boolean", "Whether ids rise strictly from the first item to the last: none came twice", required=True),
        count("rechecked_pages", "Pages requested again after the last one"),
        count("rechecked_items", "Items on these pages"),
        count("gone_items", "Items stored from these pages that the hub no longer lists"),
        count("missed_items", "Items on these pages that are older than the crawl and not stored"),
        Column(
            "has_newest",
            "boolean",
            "Whether the hub's newest items, requested in descending order, are stored; null if the hub does not list in that order",
        ),
        Column("is_complete", "boolean", "Whether nothing above contradicts that the listing is complete", required=True),
        Column("certified_at", "timestamp", "Time of the recheck (UTC)", required=True),
    ),
)

REPO_CHECKS = Table(
    "repo_checks",
    layer="bronze",
    comment="Repositories missing from a full listing, or renamed since the previous one, and what a check of each found",
    grain="one row per repository checked in a crawl with --full",
    key=("crawl_id", "repo_type", "hub_id"),
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        HUB_ID,
        Column("repo_id", "string", "Name in the previous listing", required=True),
        Column("finding", "string", "Result of the check", required=True, values=CHECK_FINDINGS),
        Column("new_repo_id", "string", "Current name, if the repository was renamed"),
        Column("status", "integer", "Last HTTP status of the check; null if the new listing itself shows the finding"),
        Column("looked_at", "timestamp", "Time of the finding (UTC)", required=True),
    ),
)

CRAWL_FAILURES = Table(
    "crawl_failures",
    layer="bronze",
    comment="Requests that were given up, with the reason; a later crawl sends them again",
    grain="one row per request given up",
    key=("crawl_id", "url"),
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        Column("spider", "string", "Which spider ran", required=True, values=SPIDERS),
        Column("hub_id", "string", "Requested repository; null for a page of a listing"),
        Column("url", "string", "URL of the last try, without credentials", required=True),
        Column("status", "integer", "Last HTTP status; null if no response came"),
        Column("reason", "string", "What went wrong, in words", required=True),
        count("attempts", "Tries in this crawl"),
        Column("last_at", "timestamp", "Time of the last try (UTC)", required=True),
    ),
)
