"""gold.families: the models that descend from each root."""

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.gold.lineage import FAMILIES, MODEL_LINEAGE
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.lineage import families
from tests.drawn import drawn


def test_a_family_consists_of_a_root_and_its_descendants(
    spark: SparkSession, two_author_models: DataFrame, two_author_edges: DataFrame
) -> None:
    ids = ("one/base", "one/tuned", "one/gguf", "two/left", "two/merge", "one/late")
    rows = [f"{name} | one/base | {n} | no" for n, name in enumerate(ids)] + ["one/lost | one/lost | 0 | yes", "gpt2 | gpt2 | 0 | yes"]
    lineage = drawn(spark, MODEL_LINEAGE, "\n".join(["model_id | root_ids | generation | is_leaf", *rows]))
    declared = "model_id | kind | language \n one/base | declared | en \n two/left | declared | en \n two/left | declared | fr"
    languages = drawn(spark, MODEL_LANGUAGES, f"{declared} \n two/left | in_dataset | de")
    found = families.transform(two_author_models, two_author_edges, lineage, languages)
    assert {*found.columns, "snapshot_date"} == set(FAMILIES.column_names)
    (row,) = found.collect()
    assert (row.root_id, row.members, row.depth, row.authors, row.languages) == ("one/base", 6, 5, 2, ["en", "fr"])
    assert (row.members_finetune, row.members_quantized, row.members_merge, row.members_adapter) == (3, 1, 2, 0)
    assert (row.downloads, row.downloads_share) == (136, 0.136)


def test_a_model_that_is_only_on_a_cycle_has_no_family(spark: SparkSession, two_author_models: DataFrame) -> None:
    """Its cycle has no top; a model below one of them is its family, and the others of the cycle are not."""
    lineage = """
        model_id  | root_ids  | generation | is_leaf
        one/base  | one/base  | 0          | no
        one/tuned | one/tuned | 0          | no
        two/left  | one/tuned | 1          | yes
        """
    edges = "child_id | parent_id | parent_status \n one/base | one/tuned | present \n one/tuned | one/base | present"
    edges += "\n two/left | one/tuned | present"
    found = families.transform(
        two_author_models,
        drawn(spark, LINEAGE_EDGES, edges),
        drawn(spark, MODEL_LINEAGE, lineage),
        drawn(spark, MODEL_LANGUAGES, "model_id"),
    )
    assert [(row.root_id, row.members) for row in found.collect()] == [("one/tuned", 2)]


def test_members_by_guess_alone_are_counted(spark: SparkSession, two_author_models: DataFrame, guessed_edges: DataFrame) -> None:
    rows = [f"{name} | one/base | 1 | yes" for name in ("one/tuned", "two/left", "two/merge")]
    lineage = drawn(spark, MODEL_LINEAGE, "\n".join(["model_id | root_ids | generation | is_leaf", "one/base | one/base | 0 | no", *rows]))
    (family,) = families.transform(two_author_models, guessed_edges, lineage, drawn(spark, MODEL_LANGUAGES, "model_id")).collect()
    assert (family.members, family.members_guessed) == (4, 2)
