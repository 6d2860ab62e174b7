"""botocore's side: holds the answers that the AWS CLI got against botocore's models, and breaks their rules.

Started by main.rs with the configuration and what drive.py printed on standard input; prints its report.
"""

import json
import sys

import botocore

from shapes import Judge
from violations import report


def main():
    given = json.load(sys.stdin)
    config, spoken = given["config"], given["spoken"]
    if botocore.__version__ != config["botocore"]:
        sys.exit(
            f"The simulator's models are of botocore {config['botocore']}, these are of {botocore.__version__}: "
            "`cargo xtask gen` writes the models anew."
        )
    judge = Judge()
    for answer in spoken["answers"]:
        judge.answer(**answer)
    found = {
        "problems": spoken["problems"],
        "errors": spoken["errors"],
        "members_checked": judge.checked,
        "disagreements": judge.disagreements,
        "violations": report(config, spoken["inputs"]),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
