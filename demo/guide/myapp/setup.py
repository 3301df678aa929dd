from setuptools import Extension, setup

setup(
    name="myapp",
    version="1.0",
    packages=["myapp"],
    ext_modules=[Extension("myapp._primes", ["myapp/_primes.c"])],
    entry_points={"console_scripts": ["myapp = myapp:main"]},
)
