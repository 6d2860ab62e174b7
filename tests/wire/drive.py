"""The AWS CLI's side: calls every operation the simulator offers, as a user would.

Started by main.rs with a configuration on standard input; prints what was said over the wire and what does not hang
together. It judges no shapes: the AWS CLI brings a botocore of its own, and judge.py has another.
"""

import json
import sys

from cli import Cli
from scenario import Story


def main():
    config = json.load(sys.stdin)
    cli = Cli(config)
    story = Story(cli, config)
    story.tell()
    json.dump(
        {"answers": cli.answers, "inputs": cli.inputs, "problems": story.problems, "errors": story.errors}, sys.stdout
    )


if __name__ == "__main__":
    main()
