"""Write what the Flink job contains of these rules: `python -m contracts.fraud_rules [FOLDER]`.

Two files, which a test checks against these models: `built_in_rules.json` (every rule with its defaults) and
`rule_parameters.schema.json` (ranges and types of the parameters, by which the job refuses a bad document).
"""

import json
import sys
from pathlib import Path
from typing import Any

from contracts.fraud_rules.document import built_in_documents, parameter_schemas

RESOURCES = Path("jobs/fraud_detection/src/main/resources")


def generated_files() -> dict[str, str]:
    """Name and text of each generated file."""
    documents = [document.model_dump(mode="json") for document in built_in_documents()]
    return {
        "built_in_rules.json": _as_text(documents),
        "rule_parameters.schema.json": _as_text(parameter_schemas()),
    }


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def main() -> None:
    """Write the files into the folder given, by default the job's resources."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RESOURCES
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in generated_files().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
