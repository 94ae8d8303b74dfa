"""Entry point of spark-submit: `spark-submit --py-files dist/hublake.zip spark_jobs/__main__.py build --warehouse ...`."""

import click

from hublake.lake.terminal import echo


@click.group(invoke_without_command=True)
@click.option("--list", "is_list_requested", is_flag=True, help="Print job, question, reads and writes.")
@click.pass_context
def main(ctx: click.Context, is_list_requested: bool) -> None:
    """Hublake's Spark jobs."""
    if is_list_requested:
        from hublake.spark_jobs.engine.discovery import all_jobs

        for job in all_jobs().values():
            echo(f"{job.name:28} {job.question}\n{'':28} reads {', '.join(table.full_name for table in job.reads)}")
    elif ctx.invoked_subcommand is None:
        echo(ctx.get_help())


if __name__ == "__main__":
    from hublake.lake.process import run_command
    from hublake.spark_jobs.commands import build, check, serve

    for command in (build, check, serve):
        main.add_command(command)
    run_command(main)
