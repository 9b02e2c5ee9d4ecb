"""label: teach the reader a word, for one shop or for all."""

from typing import Annotated

import typer

from smtpd_billbee.cli.context import ACTOR, LARGEST, AsJson, print_json, print_table, run, store_of
from smtpd_billbee.clock import now
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.work import teaching
from smtpd_billbee.work.teaching import KeptLabel

app = typer.Typer(help="Taught labels: words that stand before or above a value in your shop's mails.")

Language = Annotated[str, typer.Argument(help="The mail's language: de, en, fr ...")]
Field = Annotated[str, typer.Argument(help="What the words name: number, total, quantity ...")]
Words = Annotated[str, typer.Argument(help="The words as they stand in the mail.")]
ForShop = Annotated[int | None, typer.Option("--shop", help="Only for this shop; else for all.", min=1, max=LARGEST)]


@app.command()
def add(context: typer.Context, language: Language, field: Field, words: Words, shop: ForShop = None) -> None:
    """Teach a label; mails that are read from now on know it."""

    async def work() -> tuple[str, ...]:
        async with store_of(context, makes=True) as store:
            label = TaughtLabel(language, field, words)
            others = await teaching.other_meanings(store, label, (shop,))
            await teaching.teach(store, label, shop, ACTOR, now())
            return others

    if others := run(work):
        typer.echo(f"{words!r} meant {', '.join(others)} so far; if that was no mistake, good: else `label remove` it.")
    typer.echo("Taught. Read older mails again with: mail reread --state unreadable,to_check")


@app.command()
def remove(context: typer.Context, language: Language, field: Field, words: Words, shop: ForShop = None) -> None:
    """Forget a taught label."""

    async def work() -> None:
        async with store_of(context) as store:
            label = TaughtLabel(language, field, words)
            await teaching.forget(store, label, shop, ACTOR, now())

    run(work)
    typer.echo("Forgotten.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every taught label."""

    async def work() -> list[KeptLabel]:
        async with store_of(context) as store:
            return await teaching.taught(store)

    rows = [
        {"shop_id": shop_id, "language": label.language, "field": label.field, "words": label.words}
        for shop_id, label in run(work)
    ]
    if as_json:
        print_json(rows)
    else:
        cells = [(row["shop_id"] or "all", row["language"], row["field"], row["words"]) for row in rows]
        print_table(("shop", "language", "field", "words"), cells, "Nothing has been taught yet.")
