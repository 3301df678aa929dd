import pkg_resources
import six
from markupsafe._speedups import escape


def main():
    new = pkg_resources.parse_version(pkg_resources.get_distribution("setuptools").version)
    print(six.PY2, str(escape("<")), new > pkg_resources.parse_version("41.2.0"))
