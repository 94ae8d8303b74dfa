"""The catalogue of licences, and the licences that models declare."""

from hublake.lake.enums import (
    CLAUSE_READINGS,
    COMMERCIAL_USE,
    LICENSE_FAMILIES,
    LICENSE_RESOLUTIONS,
    OUTPUT_LIMITS,
    PASSES_ON,
    SHARE_ALIKE,
    USE_RESTRICTIONS,
    YES_NO_UNKNOWN,
)
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, SOURCE, flag
from hublake.lake.schema.declaration import Column, Table

LICENSE_CATALOGUE = Table(
    "license_catalogue",
    layer="silver",
    comment="Licences and their clauses, as read for conf/license_catalogue.csv; no legal advice",
    grain="one row per licence or family of licences",
    key=("snapshot_date", "license"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        Column("license", "string", "Identifier of the Hub's list, or ours for a licence that models declare as other", required=True),
        Column("name", "string", "Name of the licence", required=True),
        Column("spdx_id", "string", "Identifier in the SPDX list"),
        Column("scancode_key", "string", "Key in scancode-licensedb"),
        Column("family", "string", "Kind of licence", required=True, values=LICENSE_FAMILIES),
        Column("is_osi_approved", "boolean", "Whether the OSI approved it; null for a family and for what the OSI did not judge"),
        Column("member_licenses", "array<string>", "The licences that a family name may mean; * if no list can name them", required=True),
        Column(
            "licensors", "array<string>", "Accounts that grant the licence themselves; its naming clause does not bind them", required=True
        ),
        Column("commercial_use", "string", "Whether commercial use is allowed", required=True, values=COMMERCIAL_USE),
        Column("derivatives", "string", "Whether derivatives may be distributed", required=True, values=YES_NO_UNKNOWN),
        Column("redistribution", "string", "Whether copies may be distributed", required=True, values=YES_NO_UNKNOWN),
        Column("share_alike", "string", "What of a derivative must keep the licence", required=True, values=SHARE_ALIKE),
        Column("attribution", "string", "Whether the author must be named", required=True, values=YES_NO_UNKNOWN),
        Column("phrase", "string", "Phrase that must be displayed"),
        Column("use_restrictions", "string", "How uses are restricted", required=True, values=USE_RESTRICTIONS),
        Column("passes_on", "string", "What a derivative must pass on", required=True, values=PASSES_ON),
        Column("naming", "string", "How the name of a derivative must begin"),
        Column("scale_limit", "string", "Size of a business from which a separate licence is needed"),
        Column("output_limit", "string", "What may not be done with the output", values=OUTPUT_LIMITS),
        Column("territory_limit", "string", "Where the licence does not apply"),
        Column("share_alike_accepts", "array<string>", "Licences that derivatives may have under share_alike", required=True),
        Column("text_link", "string", "Where the text is"),
        Column("reading", "string", "How the clauses were read", required=True, values=CLAUSE_READINGS),
        Column("text_read_date", "date", "When the clauses were looked up in the text; null if they were not"),
        Column("source", "string", "Where the row comes from", required=True),
    ),
)

MODEL_LICENSES = Table(
    "model_licenses",
    layer="silver",
    comment="Licences that a model declares",
    grain="one row per model and licence",
    key=("snapshot_date", "model_id", "license"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("license", "string", "Licence identifier in lower case, spelled as on the Hub's list if known", required=True),
        Column("license_name", "string", "License name, if license is other"),
        Column("license_link", "string", "License link, if license is other"),
        flag("is_known", "Whether the identifier is on the Hub's list of licences"),
        Column("resolved_license", "string", "The licence of silver.license_catalogue that is meant; null if none was found"),
        Column("resolved_by", "string", "How resolved_license was found", values=LICENSE_RESOLUTIONS),
        Column("comparable_license", "string", "resolved_license, else license; for an unresolved other with its name", required=True),
        flag("is_family", "Whether the licence is a family of several versions, such as cc or gpl"),
        SOURCE,
        CONFIDENCE,
    ),
)
