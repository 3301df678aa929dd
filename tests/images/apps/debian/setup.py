from setuptools import Extension, setup

setup(
    name="totals",
    version="1.0",
    packages=["totals"],
    ext_modules=[Extension("totals._sum", ["totals/_sum.c"])],
)
