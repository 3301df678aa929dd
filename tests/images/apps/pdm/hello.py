import click

import packaging


@click.command()
@click.argument("name")
def main(name):
    click.echo(f"hello {name}, {packaging.__name__}")


main()
