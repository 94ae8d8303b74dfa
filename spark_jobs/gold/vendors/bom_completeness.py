"""How much of a bill of materials has each model's publisher declared?"""

from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import BOM_FIELDS, GUESSED_EVIDENCE
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION
from hublake.lake.schema.gold.vendors import BOM_COMPLETENESS
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job

FIELDS = tuple(field for fields in BOM_FIELDS.values() for field in fields)


def transform(
    models: DataFrame,
    model_licenses: DataFrame,
    license_catalogue: DataFrame,
    lineage_edges: DataFrame,
    model_datasets: DataFrame,
    card_documentation: DataFrame,
) -> DataFrame:
    """One row per model. A field is present if `hublake bom` has a value for it; considerations need own words of the card.

    `ancestors` applies to models with a parent and is present if one is declared: what is only guessed, nobody declared. Placeholders are
    no datasets. `license_text` needs an SPDX identifier, a text in the catalogue or a declared link.
    """
    facts = (
        models.select("model_id", *_of_listing())
        .join(_licensed(model_licenses, license_catalogue), "model_id", how="left")
        .join(_derived(lineage_edges), "model_id", how="left")
        .join(_datasets(model_datasets), "model_id", how="left")
        .join(card_documentation.select("model_id", *_of_card()), "model_id", how="left")
    )
    # null: the field does not apply
    present = {field: F.col(field) if field == "ancestors" else F.coalesce(field, F.lit(False)) for field in FIELDS}
    stated = facts.select("model_id", *(column.alias(field) for field, column in present.items()))
    shares = {f"{section}_share": F.try_divide(_present(fields), _applicable(fields)) for section, fields in BOM_FIELDS.items()}
    missing = F.array_compact(F.array(*(F.when(~F.col(field), field) for field in FIELDS)))
    counted = stated.withColumns(
        {
            **shares,
            "fields_applicable": _applicable(FIELDS),
            "fields_present": _present(FIELDS),
            "completeness_share": F.try_divide(_present(FIELDS), _applicable(FIELDS)),
            "missing_fields": missing,
        }
    )
    return counted.select(*[name for name in BOM_COMPLETENESS.column_names if name != "snapshot_date"])


def _present(fields: tuple[str, ...]) -> Column:
    return reduce(add, (F.coalesce(F.col(field).cast("long"), F.lit(0)) for field in fields))


def _applicable(fields: tuple[str, ...]) -> Column:
    return reduce(add, (F.col(field).isNotNull().cast("long") for field in fields))


def _of_listing() -> tuple[Column, ...]:
    stated = {
        "supplier": F.col("author").isNotNull(),
        "version": F.col("sha").isNotNull(),
        "release_time": F.col("created_at").isNotNull() & ~F.col("is_created_at_floor"),
        "task": F.col("pipeline_tag").isNotNull(),
        "library": F.col("library_name").isNotNull(),
        "architecture": F.coalesce("architecture", "model_type").isNotNull(),
        "parameters": F.col("parameters").isNotNull(),
    }
    return tuple(column.alias(field) for field, column in stated.items())


def _of_card() -> tuple[Column, ...]:
    fills = {
        "use_cases": F.array_contains("sections_filled", "intended_use"),
        "technical_limitations": F.col("has_limitations") | F.col("has_out_of_scope"),
        "ethical_considerations": F.col("has_bias") | F.col("has_risks") | F.col("has_ethics"),
        "environment": F.col("has_environment"),
    }
    return tuple(column.alias(field) for field, column in fills.items())


def _licensed(model_licenses: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    texts = license_catalogue.select(
        F.col("license").alias("meant"), (F.col("spdx_id").isNotNull() | F.col("text_link").isNotNull()).alias("has_text")
    )
    declared = model_licenses.where("license <> 'unknown'").withColumn("meant", F.coalesce("resolved_license", "license"))
    has_text = F.coalesce("has_text", F.lit(False)) | F.col("license_link").isNotNull()
    return (
        declared.join(F.broadcast(texts), "meant", how="left")
        .groupBy("model_id")
        .agg(F.lit(True).alias("license"), F.max(has_text).alias("license_text"))
    )


def _derived(lineage_edges: DataFrame) -> DataFrame:
    is_declared = ~F.col("evidence").isin(*GUESSED_EVIDENCE)
    edges = lineage_edges.where("NOT is_self_loop").groupBy(F.col("child_id").alias("model_id"))
    return edges.agg(F.max(is_declared).alias("ancestors"))


def _datasets(model_datasets: DataFrame) -> DataFrame:
    return model_datasets.where("NOT is_placeholder").select("model_id").distinct().withColumn("datasets", F.lit(True))


JOB = Job(
    reads=(MODELS, MODEL_LICENSES, LICENSE_CATALOGUE, LINEAGE_EDGES, MODEL_DATASETS, CARD_DOCUMENTATION),
    writes=BOM_COMPLETENESS,
    transform=transform,
)
