"""Names of options that commands need before they import what they run."""

OUTPUT_FORMATS = ("text", "csv", "json")
LIST_FORMATS = (*OUTPUT_FORMATS, "parquet")  # of `hublake models`
# --sort of `hublake models` -> the order of the list; the name is the last criterion of each
SORTS = {
    "downloads": "downloads_30d DESC NULLS LAST",
    "likes": "likes DESC NULLS LAST",
    "impact": "impact_score DESC NULLS LAST",
    "trending": "trending_score DESC NULLS LAST",
    "created": "created_at DESC NULLS LAST",
    "modified": "last_modified_at DESC NULLS LAST",
    "size": "parameters DESC NULLS LAST",
    "name": "model_id",
}
