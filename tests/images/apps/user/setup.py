from setuptools import setup

setup(
    name="tool",
    version="1.0",
    packages=["tool"],
    install_requires=["MarkupSafe==2.1.5"],
    entry_points={"console_scripts": ["tool=tool:main"]},
)
