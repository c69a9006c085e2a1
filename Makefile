# Everything goes through here; `make help` lists it. The only things needed beforehand: Node >= 20 with npm, and make.

# The CPU build of ONNX Runtime comes inside the package; its install script would fetch the one for CUDA.
export ONNXRUNTIME_NODE_INSTALL = skip
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

INSTALLED = node_modules/.installed
DASHBOARD = web/dist/index.html
ARGS ?=

.PHONY: help run test check bench fuzz lab train evaluate docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Not `npm ci`: it refuses a lock file that lacks binaries for platforms which the registry it was made with did not serve.
$(INSTALLED): package.json package-lock.json
	npm install --no-save --no-fund --no-audit --loglevel=error
	@touch $@

$(DASHBOARD): $(INSTALLED) $(shell find web src/core src/api -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' 2>/dev/null | grep -v -e dist)
	vite build web --logLevel warn
	@touch $@

run: $(INSTALLED) $(DASHBOARD) ## watch the sample attack: alerts and decisions here and on the dashboard
	@bin/kubesecure up --replay samples/attack.pcap $(ARGS)

check: $(INSTALLED) ## types, lint, format, boundaries, dead code, reference and unit tests: no server needed
	@node test/run.ts check

test: $(INSTALLED) $(DASHBOARD) ## everything: gets the real servers first, ends with "N passed, N failed"
	@node testbed/main.ts parts
	@node lab/main.ts doctor --install || test -z "$$CI"
	@node test/run.ts all

bench: $(INSTALLED) ## speed of the flow engine and of the whole line, against peers in the same run
	@node bench/main.ts $(ARGS)

fuzz: $(INSTALLED) ## ten million damaged packets and a hundred thousand damaged captures (a few minutes)
	@node test/fuzz/main.ts packets
	@node test/fuzz/main.ts files

lab: $(INSTALLED) ## make labelled traffic with real tools in network namespaces (root; QUICK=1: ten minutes)
	@node lab/main.ts --install $(if $(QUICK),--quick) $(ARGS)

train: $(INSTALLED) ## train the model on the runs in data/
	@node train/main.ts $(ARGS)

evaluate: $(INSTALLED) ## measure the committed model on runs it has not seen
	@node train/evaluate.ts $(ARGS)

docs: $(INSTALLED) ## write the generated reference
	@node docs/generate.ts

clean: ## remove what was built in this folder; the cache of server builds stays
	rm -rf node_modules web/dist
