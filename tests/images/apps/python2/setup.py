from setuptools import setup

setup(
    name="shouting",
    version="1.0",
    py_modules=["shouting"],
    entry_points={"console_scripts": ["shout=shouting:main"]},
)
