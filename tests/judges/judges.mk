# Judges that this project did not write; docs/judges.md says what each said.
JUDGE := $(BIN)/python -m pytest -c tests/judges/pytest.ini --rootdir tests/judges
.PHONY: judge judge-tools judge-cluster judge-charts judge-network judge-aws judge-report

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

judge-aws: judge-tools ## checkov and parliament over the AWS resources
	@$(JUDGE) tests/judges/test_aws.py
