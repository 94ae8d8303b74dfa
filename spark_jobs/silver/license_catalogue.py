"""Which licences are known, and what do their clauses say?"""

from datetime import date

from pyspark.sql import DataFrame

from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.licenses.catalogue import License, license_catalogue
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job


def transform(models: DataFrame) -> DataFrame:
    """The rows of conf/license_catalogue.csv: each snapshot keeps the clauses that its verdicts were computed with."""
    schema = spark_schema(LICENSE_CATALOGUE, without=("snapshot_date",))
    rows = [_row(license) for license in license_catalogue().values()]
    return models.sparkSession.createDataFrame([tuple(row[name] for name in schema.names) for row in rows], schema).coalesce(1)


def _row(license: License) -> dict[str, object]:
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(license).items()}
    return values | {"text_read_date": date.fromisoformat(license.checked_on) if license.reading == "text" else None}


JOB = Job(reads=(MODELS,), writes=LICENSE_CATALOGUE, transform=transform)
