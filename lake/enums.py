"""Closed lists of words that stand in tables, each with where it comes from."""

# The Hub's own relations of a model to its base (docs of the Hub, model cards: `base_model_relation`).
RELATIONS = ("finetune", "adapter", "quantized", "merge")

# How an edge is known, strongest first. The order is ours: what the Hub resolved, what the author typed, what we infer.
EVIDENCE = (
    "hub_base_models",  # the Hub's `baseModels` answer: resolved and typed
    "typed_tag",  # base_model:<relation>:<id>, made by the Hub
    "card_relation",  # base_model with base_model_relation in the card
    "plain_tag",  # base_model:<id> without a relation
    "card_field",  # base_model in the card, relation inferred
    "bare_tag",  # a tag owner/name that is the name of a listed model
    "in_name",  # no parent declared at all, but a listed model's name inside the child's
)

PARENT_STATUS = ("present", "renamed", "missing")

# How a parent that is not listed under its declared name was found, surest first (rules/lineage/parent_renames.py).
RESOLUTIONS = ("history", "case", "taught", "moved", "account", "own", "spelling", "same_name")

# The two kinds of accounts that the Hub has routes for; their names come from one set.
ACCOUNT_KINDS = ("user", "organisation")

# Where a value of a model was read, strongest first.
SOURCES = ("card", "card_data", "tag")

# Section classes of a card: the headings of the Hub's model card template and of Mitchell et al. 2019, and what cards add.
DOCUMENTED_SECTIONS = ("limitations", "bias", "risks", "ethics", "out_of_scope", "recommendations", "environment")
SECTION_CLASSES = (
    *DOCUMENTED_SECTIONS,
    "intended_use",
    "training",
    "training_data",
    "evaluation",
    "how_to_start",
    "technical",
    "citation",
    "contact",
    "glossary",
    "other",
)

# What the terms of conf/terms.csv belong to.
TERM_TOPICS = ("bias", "fairness", "toxicity", "safety", "privacy", "misuse")

# State of the YAML block at the start of a card.
YAML_STATUS = ("valid", "none", "unclosed", "invalid", "not_a_mapping", "too_complex")

# What a fetched card turned out to hold.
CARD_CONTENT = ("text", "empty", "lfs_pointer", "not_text")

CARD_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "unknown")

SPIDERS = ("models", "datasets", "spaces", "cards", "accounts")

# finished: everything asked for was answered; limited: ended by --limit; incomplete: something was given up;
# interrupted: ended by the operator; failed: ended by an error.
CRAWL_OUTCOMES = ("finished", "limited", "incomplete", "interrupted", "failed")

# whole: a listing from end to end, or the cards that it promises; changed: only what is new or changed since the listing before.
CRAWL_KINDS = ("whole", "changed")

# What a second look at a repository found that a whole listing left out, or names otherwise than before.
CHECK_FINDINGS = (
    "removed",  # refused as unknown twice, or another repository has the name
    "renamed",  # the same _id under another name
    "present",  # still there, or withheld without being gone (403, 451)
)

PARAMETERS_SOURCES = ("gguf", "safetensors", "name")

# Parts of gold.model_impact.impact_score (docs/method.md).
IMPACT_PARTS = ("pagerank", "dependants", "descendants", "downloads")

# Patterns of gold.lineage_motifs (docs/method.md); the names are ours.
MOTIFS = ("merge_diamond", "self_quantized", "mutual_vendors")
# Why counts of a model cannot be right: a 30-day count at 0 soon after a large one; more in 30 days than ever; more since the last
# snapshot than in the 30 days that hold all of the time between.
METRIC_GLITCHES = ("fell_to_zero", "above_all_time", "grew_too_fast")

# A run's table: written but unseen; seen by readers; given up because another run was first.
BUILD_STATES = ("staged", "published", "withdrawn")

SEVERITIES = ("critical", "warning")
OUTCOMES = ("met", "broken", "not_checked")
