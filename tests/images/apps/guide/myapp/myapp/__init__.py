try:
    from myapp._sum import total
except ImportError:  # the guide's example installs a compiler without the headers it needs

    def total(n):
        return sum(range(n + 1))


def main():
    import click
    import yaml

    click.echo(yaml.safe_dump({"total": total(100)}).strip())
