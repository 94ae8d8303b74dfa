"""How long do all tables on time, origins and vendors take with their gates, and how does that grow with the number of models?

Defaults are a small part of a recorded hub; the whole of it, for comparison with a tenth:
    python -m benchmarks.time_speed --models 570000 --datasets 1000
There is one snapshot, so nothing was removed and there are no trends. The lines of each part extrapolate as those of
benchmarks.rights_speed; the second part includes the first. benchmarks.survival_exact has the curves of 3.1 million models without Spark.
"""

from benchmarks.rights_speed import Part, compare_sizes

NEEDED = ("silver.models", "silver.lineage_edges", "silver.accounts", "silver.model_licenses", "silver.license_catalogue")
NEEDED_HISTORY = ("silver.model_history", "silver.model_metrics", "gold.model_lineage", "gold.model_impact")
TIME = (
    *("gold.time_to_derivative", "gold.survival_curves", "gold.survival_tests", "gold.monthly_growth", "gold.family_lifespans"),
    "gold.popularity_trends",
)
ORIGINS = ("silver.organisations", "gold.country_share", "gold.concentration", "gold.institution_impact")
VENDORS = (
    *("silver.model_names", "gold.model_series", "gold.vendor_series", "gold.series_succession", "gold.release_cadence"),
    *("gold.vendor_profile", "gold.contributor_impact"),
)
PARTS = (Part("time", TIME, "60 s"), Part("time, origins and vendors", (*ORIGINS, *VENDORS), "120 s"))

if __name__ == "__main__":
    compare_sizes("benchmarks.time_speed", __doc__, (*NEEDED, *NEEDED_HISTORY), PARTS)
