"""What the Hub said, answer by answer. Only the crawler writes here; nothing is interpreted."""

from hublake.lake.enums import ACCOUNT_KINDS, CARD_ENCODINGS, CHECK_FINDINGS, CRAWL_KINDS, CRAWL_OUTCOMES, SPIDERS
from hublake.lake.schema.columns import BY_SNAPSHOT, CRAWL_ID, FETCHED_AT, HUB_ID, REPO_TYPE, SHA, SNAPSHOT_DATE, count, share
from hublake.lake.schema.declaration import Column, Table

LISTINGS = Table(
    "listings",
    layer="bronze",
    comment="Every item of the Hub's listings, whole",
    grain="one row per listed item per crawl",
    key=("crawl_id", "repo_type", "page", "position"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        count("page", "Page of the walk, from 0"),
        count("position", "Place of the item in its page, from 0"),
        Column("hub_id", "string", "The item's `_id`; null where the Hub sent none"),
        Column("repo_id", "string", "The item's `id` (or `modelId`); null where the Hub sent none"),
        FETCHED_AT,
        Column("body", "string", "The item's JSON, character for character as sent", required=True),
    ),
)

CARDS = Table(
    "cards",
    layer="bronze",
    comment="Every answer to a request for a card, with its bytes where it was one",
    grain="one row per fetched card",
    key=("crawl_id", "repo_type", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        HUB_ID,
        Column("repo_id", "string", "Name under which the card was asked for", required=True),
        SHA,
        Column(
            "status",
            "integer",
            "HTTP status of the last answer; 304: the card at this commit is the one fetched before with the same etag",
            required=True,
            at_least=200,
            at_most=599,
        ),
        Column("etag", "string", "ETag without quotes: git blob sha1, or sha256 for an LFS file"),
        FETCHED_AT,
        count("card_bytes", "Size of the card as served; null unless status is 200", required=False),
        Column("encoding", "string", "Text encoding that the bytes show; null unless status is 200", values=CARD_ENCODINGS),
        Column("is_truncated", "boolean", "Whether body holds only the first part of the card", required=True),
        Column("body", "binary", "The card's bytes; null unless status is 200: an error body is never a card"),
    ),
)

ACCOUNTS = Table(
    "accounts",
    layer="bronze",
    comment="What the Hub says of the users and organisations that own models; members, followers and likers are left out",
    grain="one row per account looked up",
    key=("crawl_id", "account"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        Column("account", "string", "Name as it stands before the slash of the models' ids", required=True),
        Column("kind", "string", "Which of the Hub's routes knew it; null unless status is 200", values=ACCOUNT_KINDS),
        Column(
            "status", "integer", "HTTP status of the last answer; 404: neither route knows it", required=True, at_least=200, at_most=599
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
        Column("shard", "string", "I/N; 0/1 is the whole frontier", required=True),
        Column("started_at", "timestamp", "First request (UTC)", required=True),
        Column("finished_at", "timestamp", "Last row on disk (UTC)", required=True),
        Column("outcome", "string", "How the run ended", required=True, values=CRAWL_OUTCOMES),
        count("requests", "Requests sent, retries and redirects included"),
        count("items", "Rows written"),
        count("refused", "Answers 429"),
        count("retries", "Requests sent again"),
        count("failures", "Requests given up; see crawl_failures"),
        share(
            "budget_share", "Part of the quota of the run's main bucket that it used; null where the server sent no quota", required=False
        ),
        Column("kind", "string", "How much the crawl covers; null is whole", values=CRAWL_KINDS),
        count(
            "crawl_items", "Rows of this crawl and shard in bronze at the end, those of runs that this one took up included", required=False
        ),
    ),
)

REPO_CHECKS = Table(
    "repo_checks",
    layer="bronze",
    comment="Repositories of the listing before that a whole listing left out or names otherwise, and what a second look found",
    grain="one row per repository looked at in a crawl with --full",
    key=("crawl_id", "repo_type", "hub_id"),
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        REPO_TYPE,
        HUB_ID,
        Column("repo_id", "string", "Name in the listing before", required=True),
        Column("finding", "string", "What was found", required=True, values=CHECK_FINDINGS),
        Column("new_repo_id", "string", "Name that it has now, where it is renamed"),
        Column("status", "integer", "Last HTTP status of the second look; null where the new listing itself told"),
        Column("looked_at", "timestamp", "When it was found (UTC)", required=True),
    ),
)

CRAWL_FAILURES = Table(
    "crawl_failures",
    layer="bronze",
    comment="Requests given up, with the reason; a later crawl takes them up again",
    grain="one row per request given up",
    key=("crawl_id", "url"),
    columns=(
        CRAWL_ID,
        SNAPSHOT_DATE,
        Column("spider", "string", "Which spider ran", required=True, values=SPIDERS),
        Column("hub_id", "string", "Repository that was asked for; null for a page of a listing"),
        Column("url", "string", "Address of the last try, without credentials", required=True),
        Column("status", "integer", "Last HTTP status; null where no answer came"),
        Column("reason", "string", "What went wrong, in words", required=True),
        count("attempts", "Tries in this crawl"),
        Column("last_at", "timestamp", "Last try (UTC)", required=True),
    ),
)
