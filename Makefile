# Every target sets up what it needs, in a cache outside the work tree.
.DEFAULT_GOAL := help
.PHONY: help demo test test-images lint types tests editors vscode test-vscode pictures packages bench format update clean

DEV := .ci/with dev

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## Findings and fixes on the guide's example and three real-looking files
	@$(DEV) demo/run

test: ## Every check, side by side
	@$(DEV) python .ci/test.py tests editors test-vscode packages types lint $(ALSO)

test-images: ## Images built with a real engine before and after conversions; sets one up where there is none
	@$(DEV) pytest tests/images

lint: ## Style of the code
	@$(DEV) ruff check
	@$(DEV) ruff format --check

types: ## Types of the code
	@$(DEV) mypy

tests: ## All tests but those in editors and of images
	@$(DEV) pytest -n 2 --ignore=tests/editors --ignore=tests/images --ignore=tests/packaging --ignore=tests/vscode

editors: ## Tests in real editors
	@$(DEV) pytest tests/editors

vscode: ## Build the VS Code extension, for this machine or with PLATFORM=all for all, after its types and parts are checked
	@.ci/with vscode python tools/build_extension.py $(PLATFORM)

test-vscode: ## The extension in a real VS Code in a real browser
	@.ci/with vscode pytest tests/vscode

pictures: ## Take the documentation's pictures of VS Code anew
	@.ci/with vscode pytest --update tests/vscode/test_window.py

packages: ## What users install: wheel, sdist, pre-commit hooks, GitHub action
	@.ci/with packaging pytest tests/packaging

bench: ## Speed, side by side with other tools; BENCH=--quick for a short run
	@.ci/with bench python tests/bench/bench_syntax.py
	@.ci/with bench python tests/bench/bench_documents.py
	@.ci/with bench python tests/bench/bench_features.py
	@.ci/with bench python tests/bench/bench.py $(BENCH)

format: ## Write the code in the project's style
	@$(DEV) ruff check --fix
	@$(DEV) ruff format

update: ## Rewrite expected results and generated text, to be read in the diff
	@$(DEV) pytest --update --ignore=tests/images --ignore=tests/packaging --ignore=tests/vscode

clean: ## Remove what the targets above have set up for this checkout
	@.ci/with --remove
	@rm -rf client-vscode/dist
	@[ ! -L client-vscode/node_modules ] || rm client-vscode/node_modules
	@find . -name __pycache__ -prune -exec rm -rf {} +
