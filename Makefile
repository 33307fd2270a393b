# Every command of the project. The work is done by tools/dev.py, which also serves systems without make.
PY ?= python3
TASKS := setup run demo-record test test-no-qt torture lint audit check format bench screenshots atlas test-atlas lock

.PHONY: help $(TASKS)

help:
	@$(PY) tools/dev.py --help

$(TASKS):
	@$(PY) tools/dev.py $@ $(ARGS)
