"""Which datasets reach which models, and how many models say what they were trained on."""

from hublake.explorer.data.pages.shown import Json, Shown, page_of, read_tables
from hublake.lake.schema.gold.datasets import DATASET_INFLUENCE, DATASET_LICENSES, TRAINING_DISCLOSURE
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

LISTED, EXAMPLES = 40, 20

TITLE = "Datasets"
LEAD = "Which models a dataset reaches, directly and through lineage, and how many models say what they were trained on."
DOES_NOT_SAY = (
    "Reach is a claim by declarations and lineage, not a proof of what is in the weights.",
    "Most models declare no dataset at all; they are in no list here.",
    "Whether the licence of a dataset extends to weights is unsettled: there is no verdict.",
)
TABLES = (
    Shown(
        "users",
        (MODEL_DATASETS, MODELS, DATASET_INFLUENCE),
        "Models that declare a dataset",
        f"""
        WITH largest AS (
            SELECT dataset_id FROM gold.dataset_influence WHERE snapshot_date = $day ORDER BY models_reached DESC, rank LIMIT {LISTED}
        )
        SELECT coalesce(resolved_id, used.dataset_id) AS dataset_id, used.model_id, role, source, downloads_30d,
               count(DISTINCT used.model_id) OVER (PARTITION BY coalesce(resolved_id, used.dataset_id)) AS models
        FROM silver.model_datasets AS used
        LEFT JOIN silver.models AS models ON models.model_id = used.model_id AND models.snapshot_date = used.snapshot_date
        WHERE used.snapshot_date = $day AND NOT is_placeholder AND role <> 'eval'
            AND coalesce(resolved_id, used.dataset_id) IN (FROM largest)
        QUALIFY row_number() OVER (
            PARTITION BY coalesce(resolved_id, used.dataset_id) ORDER BY downloads_30d DESC NULLS LAST, used.model_id) <= {EXAMPLES}
        ORDER BY dataset_id, downloads_30d DESC NULLS LAST, used.model_id
        """,
        "Models that declare the dataset, or one that derives from it, and everything that descends from them. A claim of reach, not a"
        f" proof. A static folder has the {LISTED} datasets that reach most models, and of each the {EXAMPLES} models with most downloads.",
        {"dataset_id": "The dataset; as declared if it is not listed", "models": "Models that declare the dataset"},
    ),
    Shown(
        "influence",
        (DATASET_INFLUENCE,),
        "Datasets that reach most models",
        """
        SELECT dataset_id, is_listed, models_direct, models_reached, models_reached_declared,
               models_reached - models_reached_declared AS models_reached_guessed, authors, families, downloads_direct,
               downloads_attributed, first_used_at, licenses, is_synthetic
        FROM gold.dataset_influence WHERE snapshot_date = $day ORDER BY models_reached DESC, rank LIMIT 150
        """,
        "At most 150, those with most models reached. A claim of reach by declarations, not a proof of what is in the weights.",
        {"models_reached_guessed": "Models reached only by guessed edges"},
        chart={
            "kind": "bars",
            "says": "Models that declare the dataset or descend from one that does.",
            "label": "dataset_id",
            "names": True,
            "parts": {"models_reached_declared": "by declared edges", "models_reached_guessed": "only by guessed edges"},
            "colours": {"only by guessed edges": "--other"},
            "unit": "models reached",
            "top": 20,
            "also": ["models_direct"],
        },
    ),
    Shown(
        "disclosure",
        (TRAINING_DISCLOSURE,),
        "Models that declare training data",
        """
        SELECT stratum, models, with_dataset, disclosed_share, disclosed_share_low, disclosed_share_high, inherited_only, placeholder_only,
               evaluated_only, downloads_disclosed_share, country_coverage_share
        FROM gold.training_disclosure WHERE snapshot_date = $day AND models > 0
        QUALIFY row_number() OVER (PARTITION BY split_part(stratum, ':', 1) ORDER BY models DESC, stratum) <= 14
        ORDER BY stratum NOT LIKE '%:before-%', stratum
        """,
        "A dataset that is neither a placeholder nor only evaluated. Of each kind of stratum, the 14 with most models; the country is that"
        " of the publisher, if it is an organisation. The intervals are 95% Wilson intervals.",
    ),
    Shown(
        "published",
        (TRAINING_DISCLOSURE,),
        "The same share as published by others",
        """
        SELECT stratum, models, disclosed_share, downloads_disclosed_share, published_share, published_date, published_denominator,
               published_source
        FROM gold.training_disclosure WHERE snapshot_date = $day AND published_share IS NOT NULL ORDER BY stratum
        """,
        "The denominators differ, as the column states.",
    ),
    Shown(
        "licenses",
        (DATASET_LICENSES,),
        "Licences of datasets beside those of the models that declare them",
        """
        SELECT coalesce(nullif(dataset_license, ''), '(none)') AS dataset_license, coalesce(nullif(model_license, ''), '(none)')
               AS model_license, uses, distinct_datasets
        FROM gold.dataset_licenses WHERE snapshot_date = $day AND EXISTS (
            SELECT 1 FROM gold.dataset_licenses WHERE snapshot_date = $day AND dataset_license <> ''
        ) ORDER BY uses DESC, 1, 2 LIMIT 60
        """,
        "At most 60 pairs, those with most uses. There is no verdict: whether a dataset's licence extends to weights is unsettled."
        " No legal advice.",
        {"dataset_license": "Licences of the dataset; (none): none is known", "model_license": "Licences of the model, likewise"},
        none="No licence of a dataset is known. hublake crawl datasets, then hublake build, reads them.",
    ),
)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    return page_of(globals(), read_tables(published, TABLES))
