"""The AWS CLI in this process: its own driver, its own parsing, one start instead of sixty."""

import base64
import contextlib
import io
import json
import os
import re
import tempfile
from pathlib import Path

from awscli.clidriver import create_clidriver


class Refused(Exception):
    """The AWS CLI reported an error of AWS."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Cli:
    """Runs commands as one of the profiles; keeps every answer, and the first input of each operation that was answered."""

    def __init__(self, config):
        self.answers = []
        self.inputs = []
        self._heard = set()
        self._input = {}
        self._drivers = {}
        self._home = tempfile.TemporaryDirectory()
        lines = []
        for account in config["accounts"]:
            lines += profile(account["name"], account["key"], account["region"], config["url"])
        path = Path(self._home.name) / "config"
        path.write_text("\n".join(lines))
        self._path = path
        self._url = config["url"]
        os.environ.update(
            HOME=self._home.name, AWS_CONFIG_FILE=str(path), AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="1"
        )

    def add_profile(self, name, key, region, token):
        """One more profile, of credentials that end."""
        with self._path.open("a") as file:
            file.write("\n" + "\n".join([*profile(name, key, region, self._url), f"aws_session_token = {token}"]))

    def run(self, profile_name, *words):
        """Runs `aws WORDS…` as that profile; gives the JSON it prints."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = self._driver(profile_name, words).main(["--profile", profile_name, "--output", "json", *map(text, words)])
        if status != 0:
            said = err.getvalue()
            found = re.search(r"An error occurred \((\S+)\) when calling the \w+ operation[^:]*: (.*)", said, re.DOTALL)
            if found is None:
                raise RuntimeError(f"aws {' '.join(map(text, words))}: {said.strip() or f'status {status}'}")
            raise Refused(found.group(1), found.group(2).strip())
        return json.loads(out.getvalue() or "{}")

    def _driver(self, profile_name, words):
        # A driver remembers the Region it was once told.
        key = (profile_name, "--region" in words)
        if key not in self._drivers:
            driver = create_clidriver()
            driver.session.register("before-parameter-build", self._asked)
            driver.session.register("before-parse", self._answered)
            self._drivers[key] = driver
        return self._drivers[key]

    def _asked(self, params, **_):
        self._input = json.loads(json.dumps(params))

    def _answered(self, operation_model, response_dict, **_):
        service, operation = operation_model.service_model.service_name, operation_model.name
        status = response_dict["status_code"]
        if status < 300 and (service, operation) not in self._heard:
            self._heard.add((service, operation))
            self.inputs.append({"service": service, "operation": operation, "input": self._input})
        self.answers.append(
            {
                "service": service,
                "operation": operation,
                "status": status,
                "request_id": response_dict["headers"].get("x-amzn-requestid"),
                "body": base64.b64encode(response_dict["body"]).decode(),
            }
        )


def profile(name, key, region, url):
    """A profile of an ordinary config file."""
    return [
        f"[profile {name}]",
        f"aws_access_key_id = {key}",
        "aws_secret_access_key = any",
        f"region = {region}",
        f"endpoint_url = {url}",
    ]


def text(word):
    """A word of the command line; structures go as JSON, as the AWS CLI takes them."""
    return word if isinstance(word, str) else json.dumps(word)
