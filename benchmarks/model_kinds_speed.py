"""How long do all tables on what models are take with their gates, and how does that grow with the number of models?

These are the tables on configurations, languages, tasks, domains, parameters, architectures and techniques, of a synthetic hub with cards.
Defaults are small; more models, for comparison with a tenth:
    python -m benchmarks.model_kinds_speed --models 300000
silver.model_configs shares a pass over the listings with silver.models; the build prints its seconds, which are not in the sum. The last
two lines extrapolate as those of benchmarks.rights_speed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rights_speed import Part, measure, show_part
from benchmarks.synthetic_bronze import write_bronze
from hublake.lake.paths import Location

NEEDED = (
    *("silver.models", "silver.model_cards", "silver.model_configs", "silver.lineage_edges", "silver.datasets", "silver.model_datasets"),
    "gold.model_lineage",
)
TABLES = (
    *("silver.model_languages", "silver.model_tasks", "silver.model_domains", "silver.model_parameters"),
    *("silver.model_techniques", "gold.model_language", "gold.language_transfer", "gold.language_adaptation", "gold.task_adaptation"),
    *("gold.task_transitions", "gold.task_trends", "gold.model_architecture", "gold.architecture_evolution", "gold.parameter_agreement"),
    *("gold.technique_prevalence", "gold.merge_recipes", "gold.quantization_formats"),
)
PART = Part("all tables", TABLES, "240 s")


def main() -> None:
    """Write bronze for a tenth and for all models, and measure each in its own process, which runs this module again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the warehouses, which are kept")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if args.one:
            print(json.dumps(measure(args.one, Path(work), NEEDED, [PART])))
            return
        taken, sizes = [], []
        for part in (10, 1):
            folder = (args.keep or Path(work)) / f"tenth-{part}"
            sizes.append(write_bronze(Location(str(folder)), args.models // part, args.seed)["models"])
            command = [sys.executable, "-m", "benchmarks.model_kinds_speed", "--one", str(folder)]
            found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            taken.append(json.loads(found.stdout.splitlines()[-1]))
    show_part(PART, sizes, *[[run[unit][0] for run in taken] for unit in ("total", "cpu")])


if __name__ == "__main__":
    main()
