"""Serves the policy pack to the Pulumi engine: `pulumi preview --policy-pack policies`."""

from datetime import UTC, datetime
from pathlib import Path

from phoenix_policies import VERSION, Waivers, load_pack, load_waivers
from phoenix_policies.analyzer import Analyzer, serve

WAIVER_FILE = Path(__file__).parent / "waivers.yaml"

if __name__ == "__main__":
    serve(
        Analyzer(
            load_pack(),
            version=VERSION,
            as_of=datetime.now(tz=UTC).date(),
            waivers=load_waivers(WAIVER_FILE) if WAIVER_FILE.exists() else Waivers(),
        )
    )
