# Judges that this project did not write; docs/judges.md says what each said.
JUDGE := $(BIN)/python -m pytest -c tests/judges/pytest.ini --rootdir tests/judges
.PHONY: judge judge-tools judge-cluster judge-charts judge-network judge-aws judge-engine judge-report

judge: judge-charts judge-network judge-aws judge-cluster judge-report ## every outside judge (first run builds them: under 20 minutes)

judge-tools: $(READY) ## build the outside programs into .judges/
	@$(BIN)/python -m tests.judges.tools

judge-cluster: judge-tools ## a real Kubernetes control plane takes and places everything
	@$(JUDGE) tests/judges/test_cluster.py

judge-charts: $(READY) ## values of every Helm release against its chart
	@$(JUDGE) tests/judges/test_charts.py

judge-report: $(READY) ## write docs/judges.md from the last runs
	@$(BIN)/python -m tests.judges.report

judge-network: judge-tools ## allowed connections against the declared calls
	@$(JUDGE) tests/judges/test_network.py

judge-aws: $(READY) ## AWS resources: cfn-lint schemas, checkov, parliament, simulated permissions
	@$(BIN)/python -m tests.judges.tools aws checkov
	@$(JUDGE) tests/judges/test_cloudformation.py tests/judges/test_aws.py tests/judges/test_iam.py

judge-engine: $(READY) ## the real Pulumi engine against the recorder (needs pulumi on PATH; not part of `make judge`)
	@command -v pulumi >/dev/null || { echo "judge-engine: the Pulumi engine was NOT run: no pulumi command on PATH. This judge has not passed; install the Pulumi CLI and run it again." >&2; exit 1; }
	@$(JUDGE) tests/judges/test_engine.py
