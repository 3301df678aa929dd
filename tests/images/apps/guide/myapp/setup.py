from setuptools import Extension, setup

setup(
    name="myapp",
    version="0.1.0",
    packages=["myapp"],
    ext_modules=[Extension("myapp._sum", ["myapp/_sum.c"], optional=True)],
    install_requires=["click==8.1.7", "PyYAML==6.0.1"],
    entry_points={"console_scripts": ["myapp=myapp:main"]},
)
