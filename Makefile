# Needs Python 3.11 or later, git and make. Everything else comes from the lock files.
VENV ?= .venv
CANDIDATES = python3 python3.13 python3.12 python3.11 python3.14
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$name; break; }; done)
RUN = $(VENV)/bin/python
ARGS ?=
JOBS ?= 2

export PYTHONPATH := $(CURDIR)/platform:$(CURDIR)
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help python base dev run test guards guards-pooled side-by-side planted chart image sbom audit bench lint format messages messages-update lock clean reset

##@ 运行 Run
run: base ## 启动全部（数据库、消息、网页、任务），Ctrl-C 停止 / start everything, Ctrl-C stops it
	@exec $(RUN) manage.py up $(ARGS)

##@ 检查 Check
test: dev ## 快速测试 / quick tests, with the quick guards (ARGS="tests/runtime -k name")
	@$(RUN) -m pytest -q -m "not slow" --numprocesses $(JOBS) --dist loadgroup $(ARGS)

guards: dev ## 全量守卫 / the guards at full size
	@GUARD_SIZE=full $(RUN) -m pytest -q -m "guard or slow" --numprocesses $(JOBS) --dist loadgroup $(ARGS)

guards-pooled: dev ## 守卫，经 PgBouncer 事务模式 / guards of the border and the letters through PgBouncer (needs it on PATH)
	@GUARD_PGBOUNCER=1 $(RUN) -m pytest -q -m "not slow and not browser" tests/provinces tests/letters tests/infra/test_pgbouncer.py \
		tests/doors/test_authorisation_matrix.py tests/doors/test_foreign_ids_in_bodies.py tests/grants/test_guard_one_second.py \
		tests/peers/test_guards_over_the_wire.py $(ARGS)

side-by-side: dev ## 旧代码在新库上跑主流程 / the main job by older code on a migrated database (OLD=commit)
	@$(RUN) tests/infra/side_by_side.py $(if $(OLD),--old $(OLD)) $(ARGS)

planted: dev ## 种下的错误必须使守卫变红 / plant each named fault, its guard must fail
	@$(RUN) tests/planted/run.py $(ARGS)

bench: dev ## 测速，每项一行 JSON / benches, one JSON line each (ARGS="province_overhead")
	@$(RUN) manage.py bench $(or $(ARGS),--all)

lint: dev ## 代码规矩：ruff、mypy、楼层 / ruff, mypy, floors
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy platform/kernel platform/provinces platform/operations platform/backups platform/retention platform/audit \
		federation/contracts federation/letters
	@$(VENV)/bin/lint-imports

format: dev ## 排版 / format the code
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

##@ 交付 Deliver
image: ## 容器镜像（需要 docker 或 podman）/ the container images (needs docker or podman)
	@sh infra/images/build $(ARGS)

chart: dev ## 重新渲染 Helm 图表并检查（需要 helm）/ render the Helm chart anew and check it (needs helm)
	@$(RUN) infra/kubernetes/render.py $(ARGS)

sbom: dev ## 软件物料清单 CycloneDX / bill of materials of all locked packages, var/sbom.json
	@$(RUN) infra/packages/sbom.py $(ARGS)

audit: python ## 已知漏洞（AUDIT_SERVICE=pypi 或 osv）/ known holes in locked packages (AUDIT_SERVICE=pypi or osv)
	@AUDIT_UNASKED=1 PYTHON="$(PYTHON)" .ci/audit

##@ 维护 Maintain
messages: base ## 编译译文 / compile translations (.po to .mo)
	@$(RUN) -m runtime.messages

messages-update: dev ## 收集新词句、去掉不用的 / bring the catalogues in line with the sources
	@$(RUN) -m runtime.messages update

lock: dev ## 重新锁定依赖 / lock requirements and front-end packages anew
	@$(RUN) -m uv --version >/dev/null 2>&1 || { echo "!! 锁定需要 uv：$(RUN) -m pip install uv / locking needs uv"; exit 1; }
	@cd requirements && for kind in base dev; do \
		if [ $$kind = dev ]; then pin="--constraint base.txt"; else pin=""; fi; \
		"$(abspath $(RUN))" -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header $$pin $$kind.in --output-file $$kind.txt || exit 1; done
	@cd requirements && "$(abspath $(RUN))" -m uv pip compile --quiet --no-deps --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header models.in --output-file models.txt
	@PATH="$(abspath $(VENV))/bin:$$PATH" npm install --package-lock-only --loglevel=error

clean: ## 删除环境和缓存，数据保留 / remove the environment and caches, keep data
	rm -rf $(VENV) node_modules var/tools var/static .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	find . -name '*.mo' -not -path './var/*' -delete

reset: ## 删除本机数据（需写明 YES=1）/ forget all data of this checkout (say YES=1)
	@test "$(YES)" = 1 || { echo "!! 这会删除 var/ 下的全部数据：make reset YES=1 / this removes all data under var/"; exit 1; }
	@$(PYTHON) -c 'import os, shutil; p = "var/postgres"; t = os.path.realpath(p); \
		os.path.islink(p) and shutil.rmtree(os.path.dirname(t), ignore_errors=True)'
	rm -rf var

python:
	@test -n "$(PYTHON)" || { echo "!! 需要 Python 3.11 或更高版本：请安装后重试，或用 make PYTHON=路径 指明。"; \
		echo "!! Python 3.11 or later is needed: install it, or say where it is with make PYTHON=path."; exit 1; }

base: python
	@$(PYTHON) -I -S platform/runtime/bootstrap.py base $(VENV)

dev: python
	@$(PYTHON) -I -S platform/runtime/bootstrap.py dev $(VENV)

help: ## 本页 / this page
	@echo "查真假 chazhenjia: make COMMAND"
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
