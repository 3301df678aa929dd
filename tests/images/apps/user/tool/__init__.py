import getpass
import os

from markupsafe import escape


def main():
    print(escape("<version>"), os.environ["APP_VERSION"], "as", getpass.getuser())
